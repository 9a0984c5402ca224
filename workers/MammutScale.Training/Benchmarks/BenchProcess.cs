using System.Diagnostics;
using System.Globalization;
using MammutScale.Training.Events;

namespace MammutScale.Training.Benchmarks;

/// <summary>A process of a benchmark that answers lines with lines.</summary>
internal sealed class BenchProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _name;

    public BenchProcess(ProcessStartInfo start, string name)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        start.UseShellExecute = false;
        _process = Process.Start(start) ?? throw new TrainingException($"{name} cannot be started.");
        _name = name;
    }

    public async Task TellAsync(string line, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
    }

    /// <summary>The rest of the next line, which must start with <paramref name="word"/>.</summary>
    /// <exception cref="TrainingException">It says something else or has ended.</exception>
    public async Task<string> HearAsync(string word, CancellationToken cancellation)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellation);
        return line is not null && line.Split(' ')[0] == word ? line[word.Length..].Trim()
            : throw new TrainingException($"{_name} was expected to say '{word}' but {(line is null ? "ended" : $"said '{line}'")}.");
    }

    public async Task<double[]> NumbersAsync(string word, CancellationToken cancellation) =>
        [.. (await HearAsync(word, cancellation)).Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
