using MammutScale.Collectives;
using MammutScale.Model.Tubes;
using MammutScale.Training.Agreement;
using MammutScale.Training.Checkpoints;
using MammutScale.Training.Events;
using MammutScale.Training.Replicas;

namespace MammutScale.Training.Sync;

/// <summary>
/// All ranks read one checkpoint together: rank 0 proposes, every rank verifies its share of the parts, and only when all
/// hashes are right every rank reads what it needs. A damaged one is refused by name and the previous one proposed.
/// </summary>
internal sealed class CheckpointRestore(ICollectives group, Replica replica, CheckpointStore store, IRunObserver observer, string data, CancellationToken cancellation)
{
    private readonly RankExchange<long> _proposals = new(group);

    /// <summary>Found to be damaged.</summary>
    public HashSet<long> Refused { get; } = [];

    /// <summary>Restores the newest good checkpoint of at most <paramref name="limit"/> steps.</summary>
    /// <returns>Its step, or null when there is none.</returns>
    public long? TryNewest(long limit)
    {
        while (true)
        {
            var mine = group.Rank == 0 ? Candidate(limit) : -1;
            var step = _proposals.Exchange(mine)[0];
            if (step < 0) return null;
            var fault = Verify(step, out var manifest);
            var faults = _proposals.Exchange(fault is null ? 0 : 1).ToArray();
            if (fault is not null)
                observer.Happened(new RunHappening(HappeningKind.CheckpointRefused, step, $"{fault} The checkpoint before it is used.", group.Rank));
            if (faults.Any(f => f != 0))
            {
                Refused.Add(step);
                continue;
            }

            Load(manifest!);
            return step;
        }
    }

    /// <summary>The run goes on from a step on another branch: rank 0 deletes the checkpoints after it, or a restart would fall back on what was left behind.</summary>
    public void DropAfter(long step)
    {
        if (group.Rank != 0) return;
        foreach (var newer in Block(store.ListAsync(cancellation)).Where(s => s > step && !Refused.Contains(s))) Block(store.DeleteAsync(newer, cancellation));
    }

    private long Candidate(long limit) =>
        Block(store.ListAsync(cancellation)).Where(s => s <= limit && !Refused.Contains(s)).DefaultIfEmpty(-1).First();

    private string? Verify(long step, out Manifest? manifest)
    {
        manifest = null;
        try
        {
            manifest = Block(store.ReadManifestAsync(step, cancellation));
            for (var part = group.Rank; part < manifest.Parts.Count; part += group.WorldSize)
                Block(store.VerifyPartAsync(manifest, manifest.Parts[part], cancellation));
            return null;
        }
        catch (CheckpointException e)
        {
            return e.Message;
        }
    }

    private void Load(Manifest manifest)
    {
        if (manifest.Progress.Data != data)
        {
            throw new CheckpointException(
                $"{CheckpointStore.NameOf(manifest.Step)} was trained on another data set (fingerprint {manifest.Progress.Data}, this one has {data}). " +
                "Give the run another name, or the data that it began with.");
        }

        // where tubes lie in a clip cannot be seen from their shapes
        var tubes = replica.Video is { } video ? VideoConfigJson.Write(video.Config) : null;
        if (manifest.VideoTubes != tubes)
        {
            throw new CheckpointException(
                $"{CheckpointStore.NameOf(manifest.Step)} was trained with other video tubes (model.video): {manifest.VideoTubes ?? "none"}, this run has {tubes ?? "none"}. " +
                "Give the run another name, or the tubes that it began with.");
        }

        using (var targets = new RestoreTargets(replica.Device, replica.State, replica.Optimizer))
        {
            var copies = RestorePlan.For(manifest, replica.State.Layout, replica.Optimizer.Shards, targets);
            Block(new FlatReader(store, manifest).ReadAsync(copies, cancellation));
            targets.Commit();
        }

        replica.Progress = new Progress
        {
            Step = manifest.Step,
            Updates = manifest.Progress.Updates,
            Samples = manifest.Progress.Samples,
            Skipped = manifest.Progress.Skipped,
            BatchOffset = manifest.Progress.BatchOffset,
        };
        replica.Optimizer.Updates = manifest.Progress.Updates;
        replica.State.RefreshComputeWeights();
        (replica.HasState, replica.Pending) = (true, null);
    }

    private static T Block<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Block(Task task) => task.GetAwaiter().GetResult();
}
