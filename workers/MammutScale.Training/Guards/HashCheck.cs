using MammutScale.Collectives;
using MammutScale.Training.Agreement;
using MammutScale.Training.Replicas;

namespace MammutScale.Training.Guards;

/// <summary>Ranks compare a hash of their weights from time to time: silent corruption shows as one that differs.</summary>
internal sealed class HashCheck(ICollectives group, Replica replica, long every)
{
    private readonly RankExchange<ulong> _hashes = new(group);

    /// <summary>A rank whose weights differ from those of most others, or null.</summary>
    public int? Odd(long step)
    {
        if (every == 0 || group.WorldSize == 1 || step % every != 0) return null;
        return Odd(_hashes.Exchange(replica.HashWeights()));
    }

    internal static int? Odd(ReadOnlySpan<ulong> hashes)
    {
        var most = hashes.ToArray().GroupBy(h => h).OrderByDescending(g => g.Count()).First().Key;
        var odd = hashes.IndexOfAnyExcept(most);
        return odd < 0 ? null : odd;
    }
}
