using MammutScale.Contracts;

namespace MammutScale.Coordinator.Metrics;

/// <summary>
/// The curves of a run in bounded memory: the newest steps one by one, older ones in buckets 16 times wider from tier to tier,
/// each with count, minimum, maximum, mean and last, so that a spike stays visible at every zoom. Steps that are done again
/// after a rollback replace the old ones.
/// </summary>
internal sealed class MetricHistory
{
    private const int Factor = 16;
    private readonly Shelf<StepPoint> _steps;
    private readonly Tier[] _tiers;
    private StepRecord? _newest;

    public MetricHistory(int stepsKept = 16_384, int bucketsKept = 8_192, int tiers = 4)
    {
        _steps = new(stepsKept);
        _tiers = new Tier[tiers];
        long width = 1;
        for (var t = 0; t < tiers; t++)
        {
            width *= Factor;
            // the coarsest never forgets: one bucket for 65,536 steps
            _tiers[t] = new Tier(width, t == tiers - 1 ? int.MaxValue : bucketsKept);
        }
    }

    public long? LastStep => _steps.Count > 0 ? _steps[_steps.Count - 1].Step : null;

    /// <summary>
    /// Takes a step in. A step that is already there is ignored, unless it comes from a newer generation: then it and all after it are done again.
    /// </summary>
    /// <returns>False when the steps to be replaced are no longer held one by one: the history must be read again from the log.</returns>
    public bool Add(StepRecord step)
    {
        if (LastStep is { } last && step.Step <= last)
        {
            if (!step.Supersedes(_newest!)) return true;
            if (!RollBack(step.Step)) return false;
        }

        _newest = step;
        var point = new StepPoint(step.Step, step.At.ToUnixTimeMilliseconds(), Series.IsFinite(step), Series.Values(step));
        _steps.Add(point);
        foreach (var tier in _tiers) tier.Add(point);
        return true;
    }

    /// <summary>Replaces everything by a log: records in the order in which they were told; of a step that was done again the last one counts.</summary>
    public void Rebuild(IReadOnlyList<StepRecord> log)
    {
        _steps.Clear();
        foreach (var tier in _tiers) tier.Clear();
        _newest = null;
        foreach (var step in Newest(log)) Add(step);
    }

    /// <summary>The steps from <paramref name="from"/> to <paramref name="to"/> in at most <paramref name="buckets"/> buckets, from the finest tier that still reaches back so far.</summary>
    public SeriesBlock Read(long? from, long? to, int buckets, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        var (low, high) = (from ?? 0, to ?? long.MaxValue);
        return SeriesBlocks.Of(Units(low, high, buckets), sequence);
    }

    private List<MetricBucket> Units(long from, long to, int buckets)
    {
        var groups = new List<MetricBucket>();
        if (!_steps.HasForgotten || _steps.Count > 0 && _steps[0].Step <= from)
        {
            var first = _steps.FirstAtLeast(from, p => p.Step);
            var end = to == long.MaxValue ? _steps.Count : _steps.FirstAtLeast(to + 1, p => p.Step);
            for (var i = first; i < end; i++) Group(groups, i - first, end - first, buckets).Add(_steps[i]);
            return groups;
        }

        var tier = Array.Find(_tiers, t => t.Covers(from)) ?? _tiers[^1];
        var start = tier.FirstAtLeast(from);
        var stop = start;
        while (stop < tier.Count && tier[stop].FirstStep <= to) stop++;
        for (var i = start; i < stop; i++) Group(groups, i - start, stop - start, buckets).Add(tier[i]);
        return groups;
    }

    private static MetricBucket Group(List<MetricBucket> groups, int index, int units, int buckets)
    {
        var size = (units + buckets - 1) / buckets;
        if (index % size == 0) groups.Add(new MetricBucket());
        return groups[^1];
    }

    private bool RollBack(long step)
    {
        if (_steps.HasForgotten && _steps[0].Step > _tiers[0].StartOf(step)) return false;
        _steps.RemoveFrom(_steps.FirstAtLeast(step, p => p.Step));
        var parts = new List<MetricBucket>();
        for (var i = _steps.FirstAtLeast(_tiers[0].StartOf(step), p => p.Step); i < _steps.Count; i++)
        {
            if (parts.Count == 0) parts.Add(new MetricBucket());
            parts[0].Add(_steps[i]);
        }

        for (var t = 0; t < _tiers.Length; t++)
        {
            _tiers[t].RollBack(step, parts);
            if (t + 1 == _tiers.Length) break;
            var start = _tiers[t + 1].StartOf(step);
            if (!_tiers[t].Covers(start)) return false;
            parts = [];
            for (var i = _tiers[t].FirstAtLeast(start); i < _tiers[t].Count; i++) parts.Add(_tiers[t][i]);
        }

        return true;
    }

    private static Stack<StepRecord> Newest(IReadOnlyList<StepRecord> log)
    {
        var newest = new Stack<StepRecord>();
        for (var i = log.Count - 1; i >= 0; i--)
        {
            if (newest.Count == 0 || log[i].Step < newest.Peek().Step) newest.Push(log[i]);
        }

        return newest;
    }
}
