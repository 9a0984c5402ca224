using MammutScale.Collectives;
using MammutScale.Training.Agreement;
using MammutScale.Training.Checkpoints;
using MammutScale.Training.Events;
using MammutScale.Training.Parameters;
using MammutScale.Training.Replicas;

namespace MammutScale.Training.Sync;

/// <summary>
/// Brings all ranks of a generation to one state. The most advanced memory wins; storage is read only when no memory holds a
/// state (or, sharded, when a lost rank took the only copy of its moments with it).
/// </summary>
internal sealed class StateSync(ICollectives group, Replica replica, CheckpointRestore restore, IRunObserver observer)
{
    private readonly RankExchange<RankState> _states = new(group);

    /// <returns>The checkpoint that was read, or null.</returns>
    public long? Run()
    {
        var ranks = _states.Exchange(RankState.Of(replica)).ToArray();
        if (SyncSource.Choose(ranks) is not { } source) return FromStorage();
        if (replica.Optimizer.Sharded)
        {
            if (SyncSource.Holders(ranks, source) is not { } holders)
            {
                Tell(HappeningKind.Synchronized, ranks[source].Progress.Step, "A lost worker held the only copy of its part of the optimizer's state (train.zero is 1): going back to a checkpoint.");
                return FromStorage();
            }

            var state = ranks[group.Rank];
            var gives = state.MomentUpdates == ranks[source].Progress.Updates && state.ShardWorld == holders.Length && holders[state.ShardRank] == group.Rank;
            MemorySync.Reshard(group, replica, gives);
        }

        var different = ranks.Where(r => !r.HasWeights || r.Progress != ranks[source].Progress || r.WeightsHash != ranks[source].WeightsHash).ToList();
        if (different.Count > 0)
        {
            MemorySync.Broadcast(group, replica, source);
            var step = ranks[source].Progress.Step;
            if (different.Exists(r => r.HasWeights && r.Progress.Step == step))
                Tell(HappeningKind.StateDiffers, step, $"Ranks at step {step} held different weights; all continue with those of rank {source}.");
            Tell(HappeningKind.Synchronized, step, $"{different.Count} of {ranks.Length} workers received the state of step {step} from rank {source}.");
        }

        Adopt(ranks[source].Progress);
        return null;
    }

    private long? FromStorage()
    {
        if (replica.Optimizer.Sharded) replica.Optimizer.Reshard(new ShardMap(replica.State.Layout, group.Rank, group.WorldSize));
        var step = restore.TryNewest(long.MaxValue);
        if (step is null)
        {
            // every rank makes the same initial state from the seed
            if (replica.HasState) replica.Reinitialize();
            Adopt(new Progress());
            return null;
        }

        Tell(HappeningKind.Resumed, step.Value, $"Continuing from checkpoint {CheckpointStore.NameOf(step.Value)}.");
        return step;
    }

    private void Adopt(Progress progress)
    {
        replica.Progress = progress;
        replica.Optimizer.Updates = progress.Updates;
        replica.State.RefreshComputeWeights();
        (replica.HasState, replica.IsTorn) = (true, false);
    }

    private void Tell(HappeningKind kind, long step, string text)
    {
        if (group.Rank == 0) observer.Happened(new RunHappening(kind, step, text));
    }
}
