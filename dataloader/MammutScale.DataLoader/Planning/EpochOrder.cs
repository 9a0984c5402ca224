namespace MammutScale.DataLoader.Planning;

/// <summary>
/// The row groups of one source in the order of one epoch, laid end to end: positions 0 … N−1 of its samples before rows are
/// shuffled. Thirteen bytes a row group.
/// </summary>
internal sealed class EpochOrder
{
    private const int GroupsInStride = 4;

    private readonly int[] _groups;
    private readonly long[] _starts;
    private readonly int[] _guide;
    private readonly long _stride;

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

        // where the search for a position begins: the place of every so many positions, a handful of row groups apart
        _stride = Math.Max(1, source.Samples / source.RowGroups * GroupsInStride);
        _guide = new int[(source.Samples / _stride) + 2];
        var found = 0;
        for (var stride = 0; stride < _guide.Length; stride++)
        {
            var position = Math.Min(stride * _stride, source.Samples - 1);
            while (_starts[found + 1] <= position)
                found++;
            _guide[stride] = found;
        }
    }

    /// <summary>The row group that stands at a place of the order.</summary>
    public int GroupAt(int place) => _groups[place];

    /// <summary>Position of the first sample of the row group at a place.</summary>
    public long StartOf(int place) => _starts[place];

    /// <summary>The place whose row group holds a position.</summary>
    public int PlaceOf(long position)
    {
        // the last start at or before the position: row groups without rows share a start with their successor and are stepped over
        var stride = position / _stride;
        int low = _guide[stride], high = _guide[stride + 1] + 1;
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
