using MammutScale.Training.Parameters;
using MammutScale.Training.Replicas;

namespace MammutScale.Training.Sync;

/// <summary>What a rank holds when a generation begins.</summary>
internal readonly record struct RankState
{
    /// <summary>Weights of a committed step are there.</summary>
    public bool HasWeights { get; init; }

    public Progress Progress { get; init; }

    /// <summary>An update was interrupted while weights were exchanged; <see cref="Pending"/> is what it would have made of the progress.</summary>
    public bool IsTorn { get; init; }

    public Progress Pending { get; init; }

    public ulong WeightsHash { get; init; }

    /// <summary>Updates that the moments have seen; −1 without any.</summary>
    public long MomentUpdates { get; init; }

    /// <summary>Rank and world of the shard that the moments are for; world 1 when they are whole.</summary>
    public int ShardRank { get; init; }

    public int ShardWorld { get; init; }

    public int ShardCopies { get; init; }

    /// <summary>This rank's moments (and, after an update, weights) cover the shard.</summary>
    public bool Holds(int shard) => ShardMap.Shards(ShardRank, ShardWorld, ShardCopies).Contains(shard);

    public static RankState Of(Replica replica) => new()
    {
        HasWeights = replica.HasState && !replica.IsTorn,
        Progress = replica.Progress,
        WeightsHash = replica.HasState ? replica.HashWeights() : 0,
        MomentUpdates = replica.HasState ? replica.Optimizer.Updates : -1,
        ShardRank = replica.Optimizer.Shards.Rank,
        ShardWorld = replica.Optimizer.Shards.World,
        ShardCopies = replica.Optimizer.Shards.Copies,
        IsTorn = replica is { HasState: true, IsTorn: true },
        Pending = replica.Pending ?? default,
    };
}
