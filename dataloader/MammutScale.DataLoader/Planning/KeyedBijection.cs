using System.Numerics;

namespace MammutScale.DataLoader.Planning;

/// <summary>
/// A permutation of 0 … count−1 chosen by a key and kept as nothing but the key: an alternating Feistel network over the
/// smallest power of two that holds the domain, walked until it lands inside (Black and Rogaway 2002, "Ciphers with
/// arbitrary finite domains"). Fewer than two walks on average.
/// </summary>
public readonly struct KeyedBijection
{
    private const int HalfRounds = 8;

    private readonly ulong _key;
    private readonly int _leftBits;
    private readonly int _rightBits;

    public KeyedBijection(ulong key, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _key = key;
        var bits = Math.Max(2, 64 - BitOperations.LeadingZeroCount((ulong)count - 1));
        _leftBits = bits / 2;
        _rightBits = bits - _leftBits;
    }

    /// <summary>Size of the domain.</summary>
    public long Count { get; }

    /// <summary>Where <paramref name="index"/> goes.</summary>
    public long this[long index]
    {
        get
        {
            if ((ulong)index >= (ulong)Count)
                throw new ArgumentOutOfRangeException(nameof(index), index, $"not in 0 … {Count - 1}");
            if (Count == 1)
                return 0;
            var value = (ulong)index;
            do
                value = Permute(value);
            while (value >= (ulong)Count);
            return (long)value;
        }
    }

    private ulong Permute(ulong value)
    {
        var left = value >> _rightBits;
        var right = value & ((1UL << _rightBits) - 1);
        var roundKey = _key;
        for (var round = 0; round < HalfRounds; round += 2)
        {
            left ^= Keys.Mix(roundKey ^ right) >> (64 - _leftBits);
            right ^= Keys.Mix((roundKey + Keys.Golden) ^ left) >> (64 - _rightBits);
            roundKey += unchecked(2 * Keys.Golden);
        }

        return (left << _rightBits) | right;
    }
}
