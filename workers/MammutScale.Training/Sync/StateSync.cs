using MammutScale.Collectives;
using MammutScale.Training.Agreement;
using MammutScale.Training.Checkpoints;
using MammutScale.Training.Events;
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
        if (SyncSource.Choose(ranks) is not { } source) return FromParts(ranks) ? null : FromStorage();
        if (replica.Optimizer.Sharded)
        {
            if (SyncSource.Holders(ranks, source, ranks[source].Progress.Updates) is not { } holders)
            {
                Tell(HappeningKind.Synchronized, ranks[source].Progress.Step, "Lost workers held the only copies of a part of the optimizer's state (train.zero is 1): going back to a checkpoint.");
                return FromStorage();
            }

            MemorySync.Reshard(group, replica, shard => Gives(holders, shard));
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

    /// <summary>All ranks that were there had begun to exchange updated weights: the step is made whole from what they hold.</summary>
    private bool FromParts(RankState[] ranks)
    {
        if (SyncSource.ChooseTorn(ranks) is not { } torn || SyncSource.Holders(ranks, torn, ranks[torn].MomentUpdates) is not { } holders) return false;
        MemorySync.Assemble(group, replica, shard => Gives(holders, shard));
        MemorySync.Reshard(group, replica, shard => Gives(holders, shard));
        Tell(HappeningKind.Synchronized, ranks[torn].Pending.Step, $"The exchange of step {ranks[torn].Pending.Step} was interrupted; it was completed from what the workers hold.");
        Adopt(ranks[torn].Pending);
        return true;
    }

    private bool Gives(int[] holders, int shard) => shard < holders.Length && holders[shard] == group.Rank;

    private long? FromStorage()
    {
        if (replica.Optimizer.Sharded) replica.Optimizer.Reshard(replica.Optimizer.ShardsIn(group.Rank, group.WorldSize));
        var step = restore.TryNewest(long.MaxValue);
        if (step is null)
        {
            // every rank makes the same initial state
            replica.Begin();
            Adopt(new Progress());
            return null;
        }

        Tell(HappeningKind.Resumed, step.Value, $"Continuing from checkpoint {CheckpointStore.NameOf(step.Value)}.");
        return step;
    }

    private void Adopt(Progress progress)
    {
        group.Settle();
        replica.Progress = progress;
        replica.Optimizer.Updates = progress.Updates;
        replica.State.RefreshComputeWeights();
        (replica.HasState, replica.Pending) = (true, null);
    }

    private void Tell(HappeningKind kind, long step, string text)
    {
        if (group.Rank == 0) observer.Happened(new RunHappening(kind, step, text));
    }
}
