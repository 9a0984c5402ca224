using System.Numerics;

namespace MammutScale.DataLoader.Subsets.Ids;

/// <summary>
/// A set of millions of ids: sorted, with a table from their first bits to where they start. Ids are spread evenly (hashes), so a
/// look-up is one table entry and a few neighbours. Sixteen bytes an id and about two for the table.
/// </summary>
internal sealed class IdSet
{
    private readonly UInt128[] _ids;
    private readonly int[] _starts;
    private readonly int _shift;

    /// <summary>Takes over <paramref name="ids"/>; duplicates count once.</summary>
    public IdSet(UInt128[] ids)
    {
        Array.Sort(ids);
        _ids = Distinct(ids);
        var bits = Math.Clamp(BitOperations.Log2((uint)_ids.Length + 1) - 1, 1, 28);
        _shift = 128 - bits;
        _starts = new int[(1 << bits) + 1];
        var at = 0;
        for (var bucket = 0; bucket < _starts.Length - 1; bucket++)
        {
            _starts[bucket] = at;
            while (at < _ids.Length && (int)(_ids[at] >> _shift) == bucket)
                at++;
        }

        _starts[^1] = _ids.Length;
    }

    public int Count => _ids.Length;

    /// <summary>A mark of the content, for telling one list from another.</summary>
    public ReadOnlySpan<UInt128> Sorted => _ids;

    public bool Contains(UInt128 id)
    {
        var bucket = (int)(id >> _shift);
        var start = _starts[bucket];
        return _ids.AsSpan(start, _starts[bucket + 1] - start).BinarySearch(id) >= 0;
    }

    private static UInt128[] Distinct(UInt128[] sorted)
    {
        var kept = 0;
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1])
                sorted[kept++] = sorted[i];
        return kept == sorted.Length ? sorted : sorted[..kept];
    }
}
