using System.Runtime.InteropServices;
using MammutScale.Collectives;
using MammutScale.Contracts;
using MammutScale.Training.Configuration;
using MammutScale.Training.Events;
using MammutScale.Training.Phases;
using MammutScale.Training.Runs;
using MammutScale.Training.Steps;
using MammutScale.Worker.Generations;
using MammutScale.Worker.Reporting;

namespace MammutScale.Worker.Tests.Protocol;

/// <summary>Trains nothing, but keeps step with its peers over the real group: it agrees on directives and commits together, as a session does.</summary>
internal sealed class FakeTrainee : ITrainee
{
    private readonly ManualResetEventSlim _never = new();
    private long? _step;

    /// <summary>Thrown on the training thread before its next step.</summary>
    public volatile Exception? Fault;

    /// <summary>Steps that were committed more than once by this process.</summary>
    public int Repeated { get; private set; }

    public int Checkpoints { get; private set; }

    public List<long> Committed { get; } = [];

    public CollectivesSection Collectives { get; set; } = new();

    public long? CommittedStep
    {
        get
        {
            lock (Committed) return _step;
        }
    }

    public GenerationEnd Train(GenerationPlan plan, Member self, ICollectives group, IRunObserver observer, Func<StepDirective> directive, CancellationToken cancellation)
    {
        observer.Entered(TrainingActivity.Synchronizing);
        Commit(Math.Max(Agree(group, CommittedStep ?? 0), 0), isStep: false);
        observer.Entered(TrainingActivity.Training);
        while (_step < plan.Run.TotalSteps)
        {
            cancellation.ThrowIfCancellationRequested();
            var agreed = (StepDirective)Agree(group, (long)directive());
            if (agreed is StepDirective.Checkpoint or StepDirective.Pause or StepDirective.Stop)
            {
                Checkpoints++;
                if (self.Rank == 0) observer.CheckpointWritten(new WrittenCheckpoint(_step!.Value, 10, 0.1, 0, Verified: true));
            }

            if (agreed == StepDirective.Regroup) return GenerationEnd.Regrouped;
            if (agreed == StepDirective.Pause) return GenerationEnd.Paused;
            if (agreed == StepDirective.Stop) return GenerationEnd.Stopped;
            if (agreed == StepDirective.Abort) throw new OperationCanceledException("told to leave");
            _never.Wait(TimeSpan.FromMilliseconds(10), cancellation);
            if (Fault is { } fault) throw fault;
            Agree(group, 0);
            Commit(_step!.Value + 1, isStep: true);
            observer.StepCommitted(new CommittedStep
            {
                Step = _step.Value,
                Batch = _step.Value - 1,
                AllocatedBytes = 0,
                Samples = [],
                Phases = new StepPhases(0.001, 0.004, 0.003, 0.001, 0.001, 0, 0),
                Result = new StepResult { Loss = 1.0 / _step.Value, Contrastive = 1, Captioning = 1, GradNorm = 1, LearningRate = 1e-3, LogitScale = 14, Samples = 16, Skipped = false },
            });
        }

        return GenerationEnd.Completed;
    }

    public DataNews News() => new(0, "", []);

    public void Dispose() => _never.Dispose();

    private static long Agree(ICollectives group, long mine)
    {
        var value = GC.AllocateArray<long>(1, pinned: true);
        value[0] = mine;
        group.AllReduce(new DeviceBuffer(Marshal.UnsafeAddrOfPinnedArrayElement(value, 0), 1, ElementType.Int64), ReduceOp.Max).Wait();
        return value[0];
    }

    private void Commit(long step, bool isStep)
    {
        lock (Committed)
        {
            _step = step;
            if (!isStep) return;
            if (Committed.Contains(step)) Repeated++;
            Committed.Add(step);
        }
    }
}
