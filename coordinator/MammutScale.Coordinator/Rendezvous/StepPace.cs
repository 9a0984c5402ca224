using System.Collections.Immutable;

namespace MammutScale.Coordinator.Rendezvous;

/// <summary>The durations of the newest steps, in seconds: what the run itself says about how long a step takes.</summary>
internal sealed record StepPace
{
    private const int Window = 128;

    public static readonly StepPace Empty = new();

    public ImmutableArray<float> Seconds { get; init; } = [];

    public StepPace With(IEnumerable<double> seconds)
    {
        var all = Seconds.AddRange(seconds.Where(s => double.IsFinite(s) && s >= 0).Select(s => (float)s));
        return new() { Seconds = all.Length > Window ? all[^Window..] : all };
    }

    /// <summary>After so long without a step something hangs.</summary>
    public TimeSpan Limit(RendezvousOptions options)
        => Seconds.IsEmpty ? options.FirstStep
            : TimeSpan.FromSeconds(Math.Max(options.StepFloor.TotalSeconds, options.StepFactor * Seconds.Max()));
}
