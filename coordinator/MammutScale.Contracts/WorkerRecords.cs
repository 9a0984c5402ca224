namespace MammutScale.Contracts;

/// <summary>A worker introduces itself.</summary>
[GenerateSerializer, Immutable, Alias("mammut.WorkerHello")]
public sealed record WorkerHello
{
    [Id(0)] public required string WorkerId { get; init; }
    [Id(1)] public required string Host { get; init; }
    [Id(2)] public required int ProcessId { get; init; }

    /// <summary>Where its collectives listen, host:port.</summary>
    [Id(3)] public required string Endpoint { get; init; }

    /// <summary>Steps that the state in its memory has committed; null when it holds none.</summary>
    [Id(4)] public long? CommittedStep { get; init; }

    /// <summary>The generation whose plan it has received last; 0 when new.</summary>
    [Id(5)] public int Generation { get; init; }

    /// <summary>New for every process: tells a worker from its predecessor where process ids repeat (every container has a process 1).</summary>
    [Id(6)] public string Incarnation { get; init; } = "";
}

/// <summary>Members, ranks, lanes and secret of one generation: fixed for its life.</summary>
[GenerateSerializer, Immutable, Alias("mammut.GenerationPlan")]
public sealed record GenerationPlan
{
    [Id(0)] public required int Generation { get; init; }
    [Id(1)] public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>Peers authenticate with it; 32 bytes.</summary>
    [Id(2)] public required byte[] Secret { get; init; }
    [Id(3)] public required RunSubmission Run { get; init; }

    /// <summary>The newest step whose record the coordinator has; rank 0 tells the committed ones after it again, if it still has them.</summary>
    [Id(4)] public long RecordedStep { get; init; }
}

/// <summary>One rank of a generation.</summary>
[GenerateSerializer, Immutable, Alias("mammut.Member")]
public sealed record Member
{
    [Id(0)] public required string WorkerId { get; init; }
    [Id(1)] public required int Rank { get; init; }
    [Id(2)] public required string Endpoint { get; init; }
    [Id(3)] public required int FirstLane { get; init; }
    [Id(4)] public required int LaneCount { get; init; }

    /// <summary>Steps that this member had committed when the generation formed; null when it holds no state. Rank 0 is always a most advanced member.</summary>
    [Id(5)] public long? CommittedStep { get; init; }
}

/// <summary>A sign of life with news, a few times a second at most.</summary>
[GenerateSerializer, Immutable, Alias("mammut.WorkerReport")]
public sealed record WorkerReport
{
    [Id(0)] public required string WorkerId { get; init; }
    [Id(1)] public required int Generation { get; init; }
    [Id(2)] public required WorkerState State { get; init; }
    [Id(3)] public required long Step { get; init; }
    [Id(4)] public required PhaseSeconds Phases { get; init; }
    [Id(5)] public required long ResidentBytes { get; init; }
    [Id(6)] public required long BadRows { get; init; }

    /// <summary>Committed steps since the last report; rank 0 only.</summary>
    [Id(7)] public IReadOnlyList<StepRecord> Steps { get; init; } = [];
    [Id(8)] public IReadOnlyList<CheckpointRecord> Checkpoints { get; init; } = [];
    [Id(9)] public IReadOnlyList<EvaluationRecord> Evaluations { get; init; } = [];
    [Id(10)] public IReadOnlyList<RunEvent> Events { get; init; } = [];
    [Id(11)] public IReadOnlyList<SourceProgress> Sources { get; init; } = [];

    /// <summary>The worker has done all steps.</summary>
    [Id(12)] public bool Finished { get; init; }

    /// <summary>The worker cannot go on with this generation (a peer died, a collective failed): why.</summary>
    [Id(13)] public string? GenerationFailure { get; init; }

    /// <summary>The run cannot go on anywhere (bad run file, missing data): why.</summary>
    [Id(14)] public string? FatalFailure { get; init; }

    /// <summary>The rank that the collectives blame for <see cref="GenerationFailure"/>, when they know it.</summary>
    [Id(15)] public int? FailedRank { get; init; }

    /// <summary>The worker was asked to go (preemption): it leaves at the next step boundary, and the others regroup there.</summary>
    [Id(16)] public bool Leaving { get; init; }

    /// <summary>The <see cref="WorkerOrders.Activation"/> that the worker knows; empty before the first answer.</summary>
    [Id(17)] public string Activation { get; init; } = "";
}

/// <summary>A parent process tells how the worker process it started has ended.</summary>
[GenerateSerializer, Immutable, Alias("mammut.WorkerExit")]
public sealed record WorkerExit
{
    [Id(0)] public required string WorkerId { get; init; }

    /// <summary>Says which process of that id is meant: a successor may have joined meanwhile.</summary>
    [Id(1)] public required int ProcessId { get; init; }

    /// <summary>Exit code; 128 + signal when a signal ended it.</summary>
    [Id(2)] public required int ExitCode { get; init; }

    /// <summary>Its last words (the end of standard error), may be empty.</summary>
    [Id(3)] public string Text { get; init; } = "";
}

/// <summary>What the coordinator wants of a worker.</summary>
public enum Directive
{
    /// <summary>Go on.</summary>
    Continue,

    /// <summary>No generation yet: ask again.</summary>
    Wait,

    /// <summary>Leave the generation and join the one in the answer.</summary>
    Regroup,

    /// <summary>Finish the step, write a checkpoint, keep the state and wait.</summary>
    Pause,

    /// <summary>Write a checkpoint at the next step boundary.</summary>
    Checkpoint,

    /// <summary>Finish the step, write a checkpoint and leave.</summary>
    Stop,

    /// <summary>The run is over or knows nothing of this worker: leave.</summary>
    Leave,
}

[GenerateSerializer, Immutable, Alias("mammut.WorkerOrders")]
public sealed record WorkerOrders
{
    [Id(0)] public required Directive Directive { get; init; }
    [Id(1)] public GenerationPlan? Plan { get; init; }
    [Id(2)] public string Reason { get; init; } = "";

    /// <summary>With <see cref="Contracts.Directive.Regroup"/>: nobody is dead, so finish the step first; otherwise abort it.</summary>
    [Id(3)] public bool AtBoundary { get; init; }

    /// <summary>With <see cref="Contracts.Directive.Checkpoint"/>: the request's number. The directive is repeated until the checkpoint is there; do each number once.</summary>
    [Id(4)] public long Request { get; init; }

    /// <summary>
    /// Answer to a report: names the life of the coordinator's memory of this run. A report that knows another one is not taken: a
    /// coordinator that came back may have lost records that it had acknowledged. The worker reports again with this name, and
    /// tells the steps after <see cref="RecordedStep"/> first.
    /// </summary>
    [Id(5)] public string Activation { get; init; } = "";

    /// <summary>The newest step whose record the coordinator has.</summary>
    [Id(6)] public long RecordedStep { get; init; }
}
