using MammutScale.Model.Tubes;
using MammutScale.Storage;
using MammutScale.Training.Configuration;
using MammutScale.Training.Events;
using MammutScale.Training.Parameters;
using MammutScale.Training.Replicas;

namespace MammutScale.Training.Checkpoints;

/// <summary>
/// Writes checkpoints behind training. Ranks tell each other how far they are between steps (<see cref="Status"/>), so that
/// all draw the same conclusions: when every part is there rank 0 writes the manifest, when one failed all give up. One
/// checkpoint is under way at a time, so memory is bounded by one copy of this rank's part.
/// </summary>
internal sealed class CheckpointWriter : IDisposable
{
    private readonly CheckpointStore _store;
    private readonly Replica _replica;
    private readonly RunFile _file;
    private readonly ShardMap _shards;
    private readonly PartLayout _part;
    private readonly StateSnapshot _snapshot;
    private readonly IRunObserver _observer;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _data;
    private readonly string _yaml;
    private readonly int _threads;
    private CheckpointJob? _job;
    private Task<Manifest>? _commit;

    public CheckpointWriter(CheckpointStore store, Replica replica, RunFile file, ShardMap shards, string data, IRunObserver observer, TimeProvider time, int threads)
    {
        (_store, _replica, _file, _shards, _data, _observer, _time, _threads) = (store, replica, file, shards, data, observer, time, threads);
        _yaml = file.ToYaml();
        _snapshot = new StateSnapshot(replica.Device);
        _part = new PartLayout(shards, StateSnapshot.BufferNames(replica.Optimizer.Ema is not null));
    }

    /// <summary>The checkpoint that this run was last started from or has last written.</summary>
    public long? Parent { get; set; }

    /// <summary>Checkpoints that were found damaged.</summary>
    public HashSet<long> Refused { get; init; } = [];

    /// <summary>The step of the checkpoint under way or last begun.</summary>
    public long? LastBegun { get; private set; }

    /// <summary>What this rank tells the others.</summary>
    public CheckpointStatus Status()
    {
        if (_commit is not null) return new CheckpointStatus { Stage = _commit.IsCompleted ? CheckpointStage.Idle : CheckpointStage.Committing };
        if (_job is null) return default;
        if (!_job.Upload.IsCompleted) return new CheckpointStatus { Stage = CheckpointStage.Writing };
        if (!_job.Upload.IsCompletedSuccessfully) return new CheckpointStatus { Stage = CheckpointStage.Failed };
        var (bytes, hash) = _job.Upload.Result;
        if (hash is null) return new CheckpointStatus { Stage = CheckpointStage.Standing };
        var sha = default(Sha256Bytes);
        hash.CopyTo(sha);
        return new CheckpointStatus { Stage = CheckpointStage.Written, Bytes = bytes, Sha256 = sha };
    }

    /// <summary>Copies this rank's part and starts to write it. Every rank begins at the same step.</summary>
    public void Begin()
    {
        var begun = _time.GetTimestamp();
        var progress = _replica.Progress;
        var hash = _replica.HashWeights().ToString("x16");
        _snapshot.Take(_part, _shards, _replica.State, _replica.Optimizer, _threads);
        var manifest = new Manifest
        {
            Run = _store.Run,
            Step = progress.Step,
            Progress = new ProgressState
            {
                Updates = progress.Updates,
                BatchOffset = progress.BatchOffset,
                Samples = progress.Samples,
                Skipped = progress.Skipped,
                Seed = _file.Seed,
                Data = _data,
            },
            CreatedAt = _time.GetUtcNow(),
            Parent = Parent,
            RunFile = _yaml,
            VideoTubes = _replica.Video is { } video ? VideoConfigJson.Write(video.Config) : null,
            WeightsHash = hash,
            FlatLength = _replica.State.Layout.Length,
            Buffers = StateSnapshot.BufferNames(_replica.Optimizer.Ema is not null),
            Parameters = [.. _replica.State.Layout.Entries.Select(e => new SavedParameter(e.Name, e.Parameter.Shape, e.Offset))],
            Parts = [],
        };
        var damaged = Refused.Contains(progress.Step);
        var upload = Task.Run(() => PartUpload.RunAsync(_store, progress.Step, damaged ? null : hash, _part, _snapshot, _file.Checkpoint.Verify, _stop.Token));
        LastBegun = progress.Step;
        _job = new CheckpointJob(progress.Step, manifest, _shards, begun, _time.GetElapsedTime(begun), upload);
    }

    /// <summary>Draws the conclusions of what all ranks have told.</summary>
    /// <returns>True when nothing is under way anywhere: another checkpoint may begin.</returns>
    public bool Observe(ReadOnlySpan<CheckpointStatus> ranks)
    {
        if (_commit is { IsCompleted: true }) FinishCommit();
        var (idle, settled, written, standing) = (true, true, true, true);
        foreach (var rank in ranks)
        {
            idle &= rank.Stage == CheckpointStage.Idle;
            settled &= rank.Settled;
            written &= rank.Stage == CheckpointStage.Written;
            standing &= rank.Stage == CheckpointStage.Standing;
        }

        if (_job is not null && settled)
        {
            if (written && _shards.Rank == 0)
            {
                var manifest = _job.Complete(_replica.State.Layout, ranks);
                _commit = Task.Run(() => CommitAsync(manifest));
                return false;
            }

            if (written || standing)
                Parent = _job.Step;
            else if (_job.Upload.Exception is { } failure)
                TellFailure(failure.GetBaseException().Message);
            _job = null;
            return false;
        }

        return idle;
    }

    /// <summary>The checkpoint under way will not be written: its ranks part.</summary>
    public void GiveUp()
    {
        if (_shards.Rank == 0 && _job is not null) TellFailure("the store was slower than the workers could wait, another generation is being formed");
        _stop.Cancel();
    }

    /// <summary>Returns when this rank's own work is done or <paramref name="limit"/> is over; the others' may not be.</summary>
    public void WaitForOwn(TimeSpan limit)
    {
        try
        {
            if (_commit is not null)
                _commit.Wait(limit);
            else
                _job?.Upload.Wait(limit);
        }
        catch (AggregateException)
        {
            // told by Observe
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        WaitForOwn(Timeout.InfiniteTimeSpan);
        if (_commit is { IsCompleted: true }) FinishCommit();
        _snapshot.Dispose();
        _stop.Dispose();
    }

    private async Task<Manifest> CommitAsync(Manifest manifest)
    {
        await _store.CommitAsync(manifest, _stop.Token);
        if (_file.Checkpoint.Verify) await ReadBackAsync(manifest);
        try
        {
            var bad = new HashSet<long>(Refused.Where(step => step != manifest.Step));
            await new Retention(_store, _file.Checkpoint).ApplyAsync(manifest, bad, _stop.Token);
        }
        catch (Exception e) when (e is StorageException or OperationCanceledException)
        {
            // old checkpoints that could not be deleted are found again after the next one
        }

        return manifest;
    }

    /// <summary>Parts were read back by those who wrote them; the manifest is what makes them a checkpoint.</summary>
    private async Task ReadBackAsync(Manifest manifest)
    {
        var found = await _store.TryReadManifestAsync(manifest.Step, _stop.Token);
        if (found is not null && found.WeightsHash == manifest.WeightsHash && found.Parts.Select(p => p.Sha256).SequenceEqual(manifest.Parts.Select(p => p.Sha256))) return;
        await _store.DropManifestAsync(manifest.Step, _stop.Token);
        throw new CheckpointException($"The store gives back another manifest of {CheckpointStore.NameOf(manifest.Step)} than it was given");
    }

    private void FinishCommit()
    {
        var (commit, job) = (_commit!, _job!);
        (_commit, _job) = (null, null);
        Parent = job.Step;
        if (commit.IsCompletedSuccessfully)
        {
            // a damaged one of this step has been replaced
            Refused.Remove(job.Step);
            _observer.CheckpointWritten(new WrittenCheckpoint(job.Step, commit.Result.Bytes, _time.GetElapsedTime(job.Begun).TotalSeconds, job.Stall.TotalSeconds, _file.Checkpoint.Verify));
        }
        else if (!commit.IsCanceled)
            TellFailure(commit.Exception?.GetBaseException().Message ?? "it was cancelled");
    }

    private void TellFailure(string why) =>
        _observer.Happened(new RunHappening(HappeningKind.CheckpointFailed, _job?.Step ?? LastBegun ?? 0,
            $"Checkpoint {CheckpointStore.NameOf(_job?.Step ?? LastBegun ?? 0)} was not written: {why}. Training goes on.", _shards.Rank));
}
