using MammutScale.Contracts;

namespace MammutScale.Dashboard.Health;

/// <summary>
/// Keeps the status line from flickering: a cause is told once it has cost something for 30 s and forgotten once it has
/// cost nothing for 60 s. Time is the coordinator's, as the snapshots tell it.
/// </summary>
internal sealed class CauseWatch
{
    public static readonly TimeSpan Appears = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Leaves = TimeSpan.FromSeconds(60);
    private readonly Lock _gate = new();
    private readonly Dictionary<(CauseKind, string?), Seen> _seen = [];
    private DateTimeOffset? _healthySince;
    private DateTimeOffset? _lastTold;
    private DateTimeOffset _latest = DateTimeOffset.MinValue;

    /// <summary>Takes a snapshot in and says what holds now, the costliest first, and since when nothing was wrong.</summary>
    public RunHealth Observe(RunSnapshot run)
    {
        lock (_gate)
        {
            if (run.State != RunState.Running) _seen.Clear();
            else if (run.Now >= _latest) Take(run);
            _latest = run.Now > _latest ? run.Now : _latest;
            var told = _seen.Values.Where(s => s.Told).Select(s => s.Cause).OrderByDescending(c => c.Share).ToArray();
            if (run.State != RunState.Running || told.Length > 0) _healthySince = null;
            else _healthySince = LaterOf(LaterOf(run.StateSince, _lastTold), _healthySince);
            return new RunHealth(told, _healthySince ?? run.Now);
        }
    }

    private void Take(RunSnapshot run)
    {
        var found = CauseFinder.Find(run);
        foreach (var cause in found)
        {
            var key = (cause.Kind, cause.WorkerId);
            var seen = _seen.GetValueOrDefault(key) ?? new Seen(cause, run.Now, run.Now, false);
            _seen[key] = seen with { Cause = cause, Last = run.Now, Told = seen.Told || run.Now - seen.First >= Appears };
        }
        foreach (var (key, seen) in _seen.ToArray())
        {
            if (seen.Last == run.Now) continue;
            bool gone = run.Now - seen.Last >= (seen.Told ? Leaves : TimeSpan.Zero);
            if (!gone) continue;
            _seen.Remove(key);
            if (seen.Told) _lastTold = run.Now;
        }
    }

    private static DateTimeOffset LaterOf(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    private sealed record Seen(SlowCause Cause, DateTimeOffset First, DateTimeOffset Last, bool Told);
}

/// <param name="Causes">What slows the run down, confirmed, the costliest first.</param>
/// <param name="HealthySince">Since when nothing does.</param>
internal sealed record RunHealth(IReadOnlyList<SlowCause> Causes, DateTimeOffset HealthySince);
