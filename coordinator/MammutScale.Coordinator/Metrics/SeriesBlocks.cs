using MammutScale.Contracts;

namespace MammutScale.Coordinator.Metrics;

/// <summary>Buckets as they travel.</summary>
internal static class SeriesBlocks
{
    public static SeriesBlock Of(IReadOnlyList<MetricBucket> buckets, long sequence) => new()
    {
        Names = Series.Names,
        FirstStep = [.. buckets.Select(b => b.FirstStep)],
        LastStep = [.. buckets.Select(b => b.LastStep)],
        At = [.. buckets.Select(b => b.At)],
        Count = [.. buckets.Select(b => b.Count)],
        NonFinite = [.. buckets.Select(b => b.NonFinite)],
        Min = BySeries(buckets, (b, s) => b.Min(s)),
        Max = BySeries(buckets, (b, s) => b.Max(s)),
        Mean = BySeries(buckets, (b, s) => b.Mean(s)),
        Last = BySeries(buckets, (b, s) => b.Last(s)),
        Sequence = sequence,
    };

    private static double[][] BySeries(IReadOnlyList<MetricBucket> buckets, Func<MetricBucket, int, double> value)
    {
        var all = new double[Series.Count][];
        for (var s = 0; s < all.Length; s++)
        {
            all[s] = new double[buckets.Count];
            for (var b = 0; b < buckets.Count; b++) all[s][b] = value(buckets[b], s);
        }

        return all;
    }
}
