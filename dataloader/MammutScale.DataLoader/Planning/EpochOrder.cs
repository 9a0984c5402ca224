namespace MammutScale.DataLoader.Planning;

/// <summary>
/// The row groups of one source in the order of one epoch, laid end to end: positions 0 … N−1 of its samples before rows are
/// shuffled. Twelve bytes a row group.
/// </summary>
internal sealed class EpochOrder
{
    private readonly int[] _groups;
    private readonly long[] _starts;

    public EpochOrder(PlanSource source, ulong key)
    {
        var order = new KeyedBijection(key, source.RowGroups);
        _groups = new int[source.RowGroups];
        _starts = new long[source.RowGroups + 1];
        for (var place = 0; place < _groups.Length; place++)
        {
            _groups[place] = (int)order[place];
            _starts[place + 1] = _starts[place] + source.RowsIn(_groups[place]);
        }
    }

    /// <summary>The row group that stands at a place of the order.</summary>
    public int GroupAt(int place) => _groups[place];

    /// <summary>Position of the first sample of the row group at a place.</summary>
    public long StartOf(int place) => _starts[place];

    /// <summary>The place whose row group holds a position.</summary>
    public int PlaceOf(long position)
    {
        // row groups are mostly of one size: guess by proportion, widen around the guess, then halve. The last start at or before
        // the position is looked for: row groups without rows share a start with their successor and are stepped over.
        var low = (int)((double)position / _starts[^1] * _groups.Length);
        low = Math.Min(low, _groups.Length - 1);
        var high = low + 1;
        for (var step = 8; _starts[low] > position; step *= 2)
            (low, high) = (Math.Max(0, low - step), low);
        for (var step = 8; _starts[high] <= position; step *= 2)
            (low, high) = (high, Math.Min(_groups.Length, high + step));
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (_starts[middle] <= position)
                low = middle;
            else
                high = middle;
        }

        return low;
    }
}
