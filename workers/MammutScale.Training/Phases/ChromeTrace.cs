using System.Text.Json;

namespace MammutScale.Training.Phases;

/// <summary>
/// Phases of all ranks as a Chrome trace (the JSON array that Perfetto and chrome://tracing open): one process a rank, one
/// bar a phase, times in microseconds of one clock.
/// </summary>
internal sealed class ChromeTrace
{
    private readonly List<TraceBar> _bars = [];

    private readonly record struct TraceBar(int Rank, string Name, double Start, double Duration, long Step);

    public int Count => _bars.Count;

    /// <param name="rank">Whose bar.</param>
    /// <param name="name">Shown on it.</param>
    /// <param name="start">Microseconds.</param>
    /// <param name="duration">Microseconds.</param>
    /// <param name="step">The optimizer step.</param>
    public void Add(int rank, string name, double start, double duration, long step) => _bars.Add(new TraceBar(rank, name, start, duration, step));

    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        foreach (var rank in _bars.Select(b => b.Rank).Distinct().Order())
        {
            json.WriteStartObject();
            json.WriteString("ph", "M");
            json.WriteString("name", "process_name");
            json.WriteNumber("pid", rank);
            json.WriteStartObject("args");
            json.WriteString("name", $"rank {rank}");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        foreach (var bar in _bars)
        {
            json.WriteStartObject();
            json.WriteString("ph", "X");
            json.WriteString("name", bar.Name);
            json.WriteString("cat", "phase");
            json.WriteNumber("pid", bar.Rank);
            json.WriteNumber("tid", 0);
            json.WriteNumber("ts", Math.Round(bar.Start, 1));
            json.WriteNumber("dur", Math.Round(bar.Duration, 1));
            json.WriteStartObject("args");
            json.WriteNumber("step", bar.Step);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
