using System.Collections.Immutable;
using MammutScale.Contracts;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Machine;

/// <summary>All that a run's coordination knows: immutable, and written to the store as it is.</summary>
internal sealed record MachineState
{
    public required RunSubmission Submission { get; init; }

    /// <summary>32 random bytes of this run; every generation's secret is derived from it.</summary>
    public required byte[] Secret { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset StateSince { get; init; }
    public RunState State { get; init; } = RunState.Queued;
    public string Reason { get; init; } = "";
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The generation formed last; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>Its members, in rank order.</summary>
    public ImmutableArray<Member> Members { get; init; } = [];
    public ImmutableSortedDictionary<string, WorkerEntry> Workers { get; init; } = ImmutableSortedDictionary.Create<string, WorkerEntry>(StringComparer.Ordinal);

    /// <summary>The regroup under way was decided by the coordinator: nobody is dead, steps are finished first.</summary>
    public bool Planned { get; init; }
    public Intent? Intent { get; init; }
    public CheckpointRequest? CheckpointRequest { get; init; }
    public long LastRequest { get; init; }

    /// <summary>Committed steps.</summary>
    public long Step { get; init; }
    public StepRecord? Latest { get; init; }
    public long StepAtFormation { get; init; }
    public DateTimeOffset ProgressAt { get; init; }
    public StepPace Pace { get; init; } = StepPace.Empty;
    public int Restarts { get; init; }

    /// <summary>Generations in a row that failed without a committed step.</summary>
    public int Barren { get; init; }
    public DateTimeOffset? LastTick { get; init; }

    public ImmutableArray<CheckpointRecord> Checkpoints { get; init; } = [];
    public ImmutableArray<EvaluationRecord> Evaluations { get; init; } = [];
    public ImmutableArray<SourceProgress> Sources { get; init; } = [];
    public ImmutableArray<RunEvent> Events { get; init; } = [];

    /// <summary>Bad rows that processes told of which are gone.</summary>
    public long BadRowsOfGone { get; init; }

    public bool IsOver => State is RunState.Completed or RunState.Failed or RunState.Stopped;

    public int Capacity => Math.Min(Submission.MaxWorkers, Submission.Lanes);

    public static MachineState New(RunSubmission submission, byte[] secret, DateTimeOffset now)
        => new() { Submission = submission, Secret = secret, StartedAt = now, StateSince = now, ProgressAt = now };

    public WorkerEntry? Worker(string workerId) => Workers.GetValueOrDefault(workerId);

    public Member? MemberOf(string workerId) => Members.FirstOrDefault(m => m.WorkerId == workerId);

    /// <summary>Members of the generation formed last whose process is still there.</summary>
    public IEnumerable<WorkerEntry> LiveMembers => Members.Select(m => Worker(m.WorkerId)).OfType<WorkerEntry>().Where(w => w.IsAlive);
}

/// <summary>A pause or stop that has been asked for and is not done yet.</summary>
internal sealed record Intent(RunCommandKind Kind, string By, DateTimeOffset At);

/// <summary>Done when a checkpoint at or after <paramref name="Step"/> has been told.</summary>
internal sealed record CheckpointRequest(long Number, string By, DateTimeOffset At, long Step);
