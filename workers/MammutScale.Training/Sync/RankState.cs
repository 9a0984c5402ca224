using MammutScale.Training.Replicas;

namespace MammutScale.Training.Sync;

/// <summary>What a rank holds when a generation begins.</summary>
internal readonly record struct RankState
{
    /// <summary>Weights of a committed step are there.</summary>
    public bool HasWeights { get; init; }

    public Progress Progress { get; init; }

    public ulong WeightsHash { get; init; }

    /// <summary>Updates that the moments have seen; −1 without any.</summary>
    public long MomentUpdates { get; init; }

    /// <summary>Rank and world of the shard that the moments are for; world 1 when they are whole.</summary>
    public int ShardRank { get; init; }

    public int ShardWorld { get; init; }

    public static RankState Of(Replica replica) => new()
    {
        HasWeights = replica.HasState && !replica.IsTorn,
        Progress = replica.Progress,
        WeightsHash = replica.HasState ? replica.HashWeights() : 0,
        MomentUpdates = replica.HasState ? replica.Optimizer.Updates : -1,
        ShardRank = replica.Optimizer.Shards.Rank,
        ShardWorld = replica.Optimizer.Shards.World,
    };
}
