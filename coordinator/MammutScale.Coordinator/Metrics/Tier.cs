namespace MammutScale.Coordinator.Metrics;

/// <summary>Buckets of <paramref name="width"/> steps each, aligned to multiples of it.</summary>
internal sealed class Tier(long width, int capacity)
{
    private readonly Shelf<MetricBucket> _buckets = new(capacity);

    public int Count => _buckets.Count;

    public MetricBucket this[int index] => _buckets[index];

    /// <summary>It still knows everything from <paramref name="step"/> on.</summary>
    public bool Covers(long step) => !_buckets.HasForgotten || Count > 0 && _buckets[0].FirstStep <= step;

    public void Add(StepPoint point)
    {
        if (Count == 0 || Index(_buckets[Count - 1].LastStep) != Index(point.Step)) _buckets.Add(new MetricBucket());
        _buckets[Count - 1].Add(point);
    }

    /// <summary>Forgets the steps from <paramref name="step"/> on; the bucket that is cut is made again from <paramref name="finer"/>, its steps before the cut.</summary>
    public void RollBack(long step, IEnumerable<MetricBucket> finer)
    {
        var start = Index(step) * width;
        _buckets.RemoveFrom(_buckets.FirstAtLeast(start, b => b.LastStep));
        MetricBucket? rebuilt = null;
        foreach (var part in finer) (rebuilt ??= new MetricBucket()).Add(part);
        if (rebuilt is not null) _buckets.Add(rebuilt);
    }

    /// <summary>First step of the aligned bucket that holds <paramref name="step"/>.</summary>
    public long StartOf(long step) => Index(step) * width;

    public int FirstAtLeast(long step) => _buckets.FirstAtLeast(step, b => b.LastStep);

    public void Clear() => _buckets.Clear();

    private long Index(long step) => step / width;
}
