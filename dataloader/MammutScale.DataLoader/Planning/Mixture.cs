namespace MammutScale.DataLoader.Planning;

/// <summary>
/// Which source gives item n of a lane's stream: a balanced tree of <see cref="MixtureSplit"/>s over the sources, a pure function
/// of (weights, lane, n). Every lane gives the same number of samples to every batch, whatever the weights.
/// </summary>
internal sealed class Mixture
{
    /// <summary>Shares are kept as whole parts of this many.</summary>
    public const long Parts = 1_000_000_000;

    private readonly long[] _cumulative;
    private readonly int _lanes;
    private readonly LanePhases _phases;

    /// <param name="shares">Relative share of every source, each above 0.</param>
    public Mixture(ReadOnlySpan<double> shares, int lanes)
    {
        _lanes = lanes;
        _phases = new LanePhases(lanes, shares.Length);
        _cumulative = new long[shares.Length + 1];
        double total = 0;
        foreach (var share in shares)
            total += share;
        for (var i = 0; i < shares.Length; i++)
            _cumulative[i + 1] = _cumulative[i] + Math.Max(1, (long)Math.Round(shares[i] / total * Parts));
    }

    public int Sources => _cumulative.Length - 1;

    /// <summary>The share of a source as it is really used.</summary>
    public double Share(int source) => (double)PartsOf(source) / _cumulative[^1];

    public long PartsOf(int source) => _cumulative[source + 1] - _cumulative[source];

    /// <summary>The source of item <paramref name="item"/> of a lane, and the item's number among those of that source.</summary>
    public (int Source, long Index) Locate(int lane, long item)
    {
        int low = 0, high = Sources;
        for (var depth = 0; high - low > 1; depth++)
        {
            var middle = (low + high) / 2;
            var (split, phase) = (Fork(low, middle, high), _phases[depth, lane]);
            var left = split.Left(phase, item);
            if (split.Left(phase, item + 1) > left)
                (item, high) = (left, middle);
            else
                (item, low) = (item - left, middle);
        }

        return (low, item);
    }

    /// <summary>Of the first <paramref name="items"/> items of a lane, how many a source gave.</summary>
    public long Given(int lane, long items, int source)
    {
        int low = 0, high = Sources;
        for (var depth = 0; high - low > 1; depth++)
        {
            var middle = (low + high) / 2;
            var left = Fork(low, middle, high).Left(_phases[depth, lane], items);
            if (source < middle)
                (items, high) = (left, middle);
            else
                (items, low) = (items - left, middle);
        }

        return items;
    }

    /// <summary>The item of the lane that is number <paramref name="index"/> of a source.</summary>
    public long ItemOf(int lane, int source, long index) => Climb(lane, source, index, 0, Sources, 0);

    private long Climb(int lane, int source, long index, int low, int high, int depth)
    {
        if (high - low == 1)
            return index;
        var middle = (low + high) / 2;
        var (split, phase) = (Fork(low, middle, high), _phases[depth, lane]);
        return source < middle
            ? split.ItemOfLeft(phase, Climb(lane, source, index, low, middle, depth + 1))
            : split.ItemOfRight(phase, Climb(lane, source, index, middle, high, depth + 1));
    }

    private MixtureSplit Fork(int low, int middle, int high) => new(_cumulative[middle] - _cumulative[low], _cumulative[high] - _cumulative[low], _lanes);
}
