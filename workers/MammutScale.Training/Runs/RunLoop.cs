using MammutScale.Collectives;
using MammutScale.DataLoader.Pipeline;
using MammutScale.Training.Agreement;
using MammutScale.Training.Checkpoints;
using MammutScale.Training.Configuration;
using MammutScale.Training.Events;
using MammutScale.Training.Evaluation;
using MammutScale.Training.Guards;
using MammutScale.Training.Parameters;
using MammutScale.Training.Phases;
using MammutScale.Training.Replicas;
using MammutScale.Training.Steps;
using MammutScale.Training.Sync;

namespace MammutScale.Training.Runs;

/// <summary>One generation on one rank: sync, then steps with agreements between them, until the end.</summary>
internal sealed class RunLoop : IDisposable
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);
    private readonly Replica _replica;
    private readonly RunFile _file;
    private readonly GenerationSetup _generation;
    private readonly PhaseClock _clock;
    private readonly Trainer _trainer;
    private readonly CheckpointWriter _writer;
    private readonly CheckpointRestore _restore;
    private readonly CheckpointSchedule _schedule;
    private readonly RankExchange<RankTurn> _turns;
    private readonly SpikeDetector _spikes;
    private readonly SkipLimit _skips;
    private readonly HashCheck _hashes;
    private readonly StepProfile? _profile;
    private readonly RankExchange<long> _waits;
    private readonly CancellationToken _cancellation;

    public RunLoop(Replica replica, RunFile file, GenerationSetup generation, TimeProvider time, int threads, CancellationToken cancellation)
    {
        (_replica, _file, _generation, _cancellation) = (replica, file, generation, cancellation);
        var group = generation.Group;
        var store = new CheckpointStore(generation.Store, file.Name);
        _clock = new PhaseClock(time, replica.Device.OpenMarks());
        _trainer = new Trainer(replica, file, group, generation.TotalSteps, _clock);
        _restore = new CheckpointRestore(group, replica, store, generation.Observer, generation.DataFingerprint, cancellation);
        _writer = new CheckpointWriter(store, replica, file, new ShardMap(replica.State.Layout, group.Rank, group.WorldSize),
            generation.DataFingerprint, generation.Observer, time, threads)
        {
            Refused = _restore.Refused,
        };
        _schedule = new CheckpointSchedule(file.Checkpoint, time);
        _turns = new RankExchange<RankTurn>(group);
        _waits = new RankExchange<long>(group);
        _spikes = new SpikeDetector(file.Guard.SpikeDeviations, file.Guard.SpikeWindow);
        _skips = new SkipLimit(file.Guard.MaxSkipped, generation.NameOf);
        _hashes = new HashCheck(group, replica, file.Guard.HashEvery);
        if (file.Log.ProfileSteps > 0 && generation.ProfilePath is not null) _profile = new StepProfile(group, _clock, time, file.Log.ProfileSteps, generation.ProfilePath);
    }

    private long Step => _replica.Progress.Step;

    private bool IsFirst => _generation.Group.Rank == 0;

    public GenerationEnd Run()
    {
        _generation.Observer.Entered(TrainingActivity.Synchronizing);
        _writer.Parent = new StateSync(_generation.Group, _replica, _restore, _generation.Observer).Run();
        _profile?.Begin();
        using var batches = Step < _generation.TotalSteps ? _generation.OpenBatches(_replica.Progress.NextBatch) : null;
        _generation.Observer.Entered(TrainingActivity.Training);
        while (Step < _generation.TotalSteps)
        {
            var directive = Boundary();
            if (Ends(directive) is { } end) return Leave(end);
            TrainOn(batches!);
            if (_file.Eval.EverySteps > 0 && Step % _file.Eval.EverySteps == 0 && Step < _generation.TotalSteps) Evaluate();
        }

        Evaluate();
        return Leave(GenerationEnd.Completed);
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _writer.Dispose();
        _clock.Dispose();
    }

    private static GenerationEnd? Ends(StepDirective directive) => directive switch
    {
        StepDirective.Regroup => GenerationEnd.Regrouped,
        StepDirective.Pause => GenerationEnd.Paused,
        StepDirective.Stop => GenerationEnd.Stopped,
        _ => null,
    };

    /// <summary>Between two steps all ranks agree on what to do, and on checkpoints under way.</summary>
    private StepDirective Boundary()
    {
        _cancellation.ThrowIfCancellationRequested();
        var mine = _generation.Directive();
        if (mine == StepDirective.Abort) throw new OperationCanceledException("The worker was told to leave at once.");
        var directive = Exchange(mine, out var free);
        if (directive == StepDirective.Checkpoint) _schedule.Ask();
        if (!_schedule.IsDue || Ends(directive) is not null || (!free && !_schedule.CannotWait)) return directive;
        using (_clock.Enter(Phase.Checkpoint))
        {
            // memory is bounded by one copy: storage that is slower than the interval shows as a stall
            if (!free) SettleShown();
            _writer.Begin();
        }

        _schedule.Begun();
        return directive;
    }

    private void SettleShown()
    {
        _generation.Observer.Entered(TrainingActivity.Checkpointing);
        Settle();
        _generation.Observer.Entered(TrainingActivity.Training);
    }

    private StepDirective Exchange(StepDirective mine, out bool free)
    {
        using var phase = _clock.Enter(Phase.Communication);
        var all = _turns.Exchange(new RankTurn(mine, IsFirst && _schedule.TimeIsUp, _writer.Status()));
        var directive = StepDirective.Continue;
        Span<CheckpointStatus> checkpoints = stackalloc CheckpointStatus[all.Length];
        for (var rank = 0; rank < all.Length; rank++)
        {
            if (all[rank].Directive > directive) directive = all[rank].Directive;
            if (all[rank].CheckpointDue) _schedule.Ask();
            checkpoints[rank] = all[rank].Checkpoint;
        }

        free = _writer.Observe(checkpoints);
        return directive;
    }

    private void TrainOn(IBatchStream batches)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Batch next;
        using (_clock.Enter(Phase.DataWait)) next = batches.Next(_cancellation);
        using var batch = next;
        var number = _replica.Progress.NextBatch;
        if (batch.Step != number) throw new TrainingException($"The data pipeline gave batch {batch.Step} where batch {number} was due.");
        var result = _trainer.Step(batch);
        _schedule.StepCommitted(Step);
        var phases = _clock.EndStep();
        _profile?.EndStep(Step);
        _generation.Observer.StepCommitted(new CommittedStep
        {
            Step = Step,
            Batch = number,
            Result = result,
            Phases = phases,
            AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocated,
            Samples = batch.Samples,
        });
        Guard(result, batch);
    }

    private void Guard(StepResult result, Batch batch)
    {
        if (result.Skipped) Tell(HappeningKind.NonFinite, $"Loss or gradients of step {Step} are not finite; its update was skipped.");
        _skips.Observe(Step, result.Skipped, batch.Samples);
        if (_hashes.Odd(Step) is { } odd)
        {
            var text = $"After step {Step} the weights of rank {odd} differ from those of the other ranks: memory or network of its machine is at fault.";
            Tell(HappeningKind.StateDiffers, text);
            throw new CollectiveException(text, odd);
        }

        if (!_spikes.Next(result.Loss)) return;
        Tell(HappeningKind.LossSpike, $"The loss of step {Step} is {result.Loss:G4}, far above its recent mean.");
        if (_file.Guard.RewindAfter > 0 && _spikes.InARow >= _file.Guard.RewindAfter) Rewind();
    }

    /// <summary>Back to the newest checkpoint from before the spikes; the batches since then are left out, the stream just goes on.</summary>
    private void Rewind()
    {
        Settle();
        var (from, next) = (Step, _replica.Progress.NextBatch);
        if (_restore.TryNewest(from - _spikes.InARow) is not { } step)
        {
            Tell(HappeningKind.LossSpike, $"There is no checkpoint from before step {from - _spikes.InARow + 1} to go back to; the run goes on.");
            _spikes.Reset();
            return;
        }

        _restore.DropAfter(step);
        _replica.Progress = _replica.Progress with { BatchOffset = next - step };
        _writer.Parent = step;
        _spikes.Reset();
        Tell(HappeningKind.Rewound, $"Went back from step {from} to checkpoint {CheckpointStore.NameOf(step)}; batches {next - (from - step)} to {next - 1} are left out.");
    }

    private void Evaluate()
    {
        if (_generation.Evaluations.Count == 0 || !_file.Eval.Tasks.Contains(EvalTask.Retrieval)) return;
        _generation.Observer.Entered(TrainingActivity.Evaluating);
        if (IsFirst)
        {
            foreach (var input in _generation.Evaluations)
                _generation.Observer.Evaluated(new EvaluationResult(Step, input.Name, RetrievalEvaluation.Run(_replica.Model, _replica.Video, input.Open(), () => _waits.Exchange(1), _cancellation)));
        }

        // the others wait here, not inside a step, and hear of rank 0 all along: a group gives up a rank that is not heard of for minutes
        while (_waits.Exchange(0)[0] != 0)
        {
        }

        _clock.EndStep();
        _generation.Observer.Entered(TrainingActivity.Training);
    }

    /// <summary>Leaves the generation; unless another one takes over from memory, the last step is in a checkpoint then.</summary>
    private GenerationEnd Leave(GenerationEnd end)
    {
        _profile?.Finish();
        _generation.Observer.Entered(TrainingActivity.Checkpointing);
        if (end == GenerationEnd.Regrouped)
        {
            // the state goes on from memory, and the others wait for it
            if (!Settle(_generation.RegroupPatience)) _writer.GiveUp();
            return end;
        }

        Settle();
        if (_writer.Parent != Step && Step > 0)
        {
            _writer.Begin();
            Settle();
        }

        return end;
    }

    /// <summary>Returns when no checkpoint is under way on any rank, or false after about <paramref name="patience"/>. Ranks whose own part is written hear of the others all along.</summary>
    private bool Settle(TimeSpan? patience = null)
    {
        var slice = patience < Slice ? patience.Value : Slice;
        // counted, not measured: all ranks give up together
        var turns = patience is { } limit ? Math.Max(1, (long)(limit / slice)) : long.MaxValue;
        for (long turn = 0; turn < turns; turn++)
        {
            _writer.WaitForOwn(slice);
            Exchange(StepDirective.Continue, out var free);
            if (free) return true;
        }

        return false;
    }

    private void Tell(HappeningKind kind, string text)
    {
        if (IsFirst) _generation.Observer.Happened(new RunHappening(kind, Step, text));
    }
}
