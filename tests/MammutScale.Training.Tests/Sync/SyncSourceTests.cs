using MammutScale.Training.Replicas;
using MammutScale.Training.Sync;

namespace MammutScale.Training.Tests.Sync;

public sealed class SyncSourceTests
{
    [Fact]
    public void TheMostAdvancedWins_ThenTheMajority_ThenTheLowestRank()
    {
        SyncSource.Choose([Rank(4, 1), Rank(5, 1), Rank(5, 1)]).ShouldBe(1);
        SyncSource.Choose([Rank(5, 9), Rank(5, 1), Rank(5, 1)]).ShouldBe(1);
        SyncSource.Choose([Rank(5, 9), Rank(5, 1)]).ShouldBe(0);
        SyncSource.Choose([Rank(9, 1) with { HasWeights = false }, Rank(5, 1)]).ShouldBe(1);
        SyncSource.Choose([Rank(0, 0) with { HasWeights = false }]).ShouldBeNull();
    }

    [Fact]
    public void EveryShardNeedsAHolderOfTheLastUpdate()
    {
        RankState Shard(int rank, int world, long updates, int copies = 1) => Rank(5, 1) with { ShardRank = rank, ShardWorld = world, ShardCopies = copies, MomentUpdates = updates };

        SyncSource.Holders([Shard(0, 2, 5), Shard(1, 2, 5), Shard(1, 2, 5)], 0, 5).ShouldBe([0, 1]);
        SyncSource.Holders([Shard(0, 2, 5), Shard(1, 2, 4)], 0, 5).ShouldBeNull();
        SyncSource.Holders([Shard(0, 3, 5), Shard(1, 3, 5)], 0, 5).ShouldBeNull();
        SyncSource.Holders([Shard(0, 3, 5, 2), Shard(1, 3, 5, 2)], 0, 5).ShouldBe([0, 0, 1]);
    }

    private static RankState Rank(long step, ulong hash) =>
        new() { HasWeights = true, Progress = new Progress { Step = step, Updates = step }, WeightsHash = hash, MomentUpdates = step, ShardWorld = 1, ShardCopies = 1 };
}
