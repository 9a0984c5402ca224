using System.Numerics;

namespace MammutScale.DataLoader.Subsets.Columns;

/// <summary>
/// True, false or unknown for every row of a row group (Kleene logic, as in SQL): a comparison with a null is unknown, and only
/// rows that are true are kept. Two bits a row.
/// </summary>
public sealed class TruthVector(int count)
{
    private readonly ulong[] _true = new ulong[(count + 63) / 64];
    private readonly ulong[] _false = new ulong[(count + 63) / 64];

    public int Count => count;

    public bool IsTrue(int row) => (_true[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>Rows that are true.</summary>
    public int Kept
    {
        get
        {
            var kept = 0;
            foreach (var word in _true)
                kept += BitOperations.PopCount(word);
            return kept;
        }
    }

    /// <summary>The rows that are true, one bit a row from the lowest bit of the first word.</summary>
    public ReadOnlySpan<ulong> Bits => _true;

    public static TruthVector All(int count, bool value)
    {
        var all = new TruthVector(count);
        for (var row = 0; row < count; row++)
            all.Set(row, value);
        return all;
    }

    public void Set(int row, bool value) => (value ? _true : _false)[row >> 6] |= 1UL << (row & 63);

    public TruthVector And(TruthVector other)
    {
        var result = new TruthVector(count);
        for (var i = 0; i < _true.Length; i++)
        {
            result._true[i] = _true[i] & other._true[i];
            result._false[i] = _false[i] | other._false[i];
        }

        return result;
    }

    public TruthVector Or(TruthVector other)
    {
        var result = new TruthVector(count);
        for (var i = 0; i < _true.Length; i++)
        {
            result._true[i] = _true[i] | other._true[i];
            result._false[i] = _false[i] & other._false[i];
        }

        return result;
    }

    public TruthVector Not()
    {
        var result = new TruthVector(count);
        _true.CopyTo(result._false, 0);
        _false.CopyTo(result._true, 0);
        return result;
    }
}
