using MammutScale.Contracts;

namespace MammutScale.Coordinator.Metrics;

/// <summary>Where the wall-clock time of a run went. The causes add up to the time since it was submitted.</summary>
internal sealed class GoodputLedger
{
    private static readonly string[] Order = ["compute", "data_wait", "communication", "checkpoint", "evaluation", "recovery", "repeated", "paused", "starting", "other"];

    /// <summary>Time in training that no step record has accounted for yet.</summary>
    private const string Training = "training";
    private readonly Dictionary<string, double> _seconds;
    private DateTimeOffset _since;
    private string _cause;
    private long _furthest;

    public GoodputLedger(DateTimeOffset start, GoodputState? saved = null)
    {
        _seconds = saved is null ? [] : new(saved.Seconds);
        _since = saved?.Since ?? start;
        _cause = saved?.Cause ?? "starting";
        _furthest = saved?.Furthest ?? 0;
    }

    /// <summary>Books the time until <paramref name="now"/> on what went on since the last call, and remembers what goes on from here.</summary>
    /// <param name="stepped">The generation has committed a step.</param>
    /// <param name="first">It is the run's first generation, or the first after a pause.</param>
    public void Advance(DateTimeOffset now, RunState state, bool evaluating, bool stepped, bool first)
    {
        var elapsed = (now - _since).TotalSeconds;
        if (elapsed > 0) Book(_cause, elapsed);
        if (elapsed >= 0) _since = now;
        _cause = state switch
        {
            RunState.Queued or RunState.Gathering => "starting",
            RunState.Recovering => "recovery",
            RunState.Paused => "paused",
            RunState.Running => evaluating ? "evaluation" : stepped ? Training : first ? "starting" : "recovery",
            _ => "over",
        };
    }

    /// <summary>Books a step that has been told; call it before <see cref="Advance"/> sees that the generation has stepped.</summary>
    public void Add(StepRecord step)
    {
        var total = step.Phases.Total;
        // the first step of a generation ran while the clock still stood on starting or recovery
        var from = _cause is "starting" or "recovery" ? _cause : Training;
        Book(from, -total);
        if (step.Step <= _furthest)
        {
            Book("repeated", total);
            return;
        }

        _furthest = step.Step;
        Book("compute", step.Phases.Forward + step.Phases.Backward + step.Phases.Optimizer);
        Book("data_wait", step.Phases.DataWait);
        Book("communication", step.Phases.ExposedCommunication);
        Book("checkpoint", step.Phases.Checkpoint);
        Book("other", step.Phases.Other);
    }

    public IReadOnlyList<CauseSeconds> Read()
        => [.. Order.Select(cause => new CauseSeconds { Cause = cause, Seconds = Math.Max(0, Of(cause) + (cause == "other" ? Of(Training) : 0)) })];

    public GoodputState Save() => new(new Dictionary<string, double>(_seconds), _since, _cause, _furthest);

    private double Of(string cause) => _seconds.GetValueOrDefault(cause);

    private void Book(string cause, double seconds) => _seconds[cause] = Of(cause) + seconds;
}

/// <summary>The ledger as it is stored.</summary>
internal sealed record GoodputState(IReadOnlyDictionary<string, double> Seconds, DateTimeOffset Since, string Cause, long Furthest);
