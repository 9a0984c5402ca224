namespace MammutScale.Contracts;

/// <summary>States of a run (design: "Rendezvous and recovery").</summary>
public enum RunState
{
    Queued,
    Gathering,
    Running,
    Recovering,
    Paused,
    Completed,
    Failed,
    Stopped,
}

/// <summary>What a worker does, as the coordinator last heard.</summary>
public enum WorkerState
{
    Joining,
    Starting,
    Training,
    Evaluating,
    Paused,
    Lost,
    Left,

    /// <summary>Training stands still until a checkpoint is written.</summary>
    Checkpointing,
}

/// <summary>What is asked of a run: the resolved run file and the numbers that the coordinator itself needs.</summary>
[GenerateSerializer, Immutable, Alias("mammut.RunSubmission")]
public sealed record RunSubmission
{
    [Id(0)] public required string RunId { get; init; }
    [Id(1)] public required string Name { get; init; }

    /// <summary>The resolved run file, YAML.</summary>
    [Id(2)] public required string Spec { get; init; }
    [Id(3)] public required long TotalSteps { get; init; }
    [Id(4)] public required int GlobalBatch { get; init; }
    [Id(5)] public required int Lanes { get; init; }
    [Id(6)] public required int MinWorkers { get; init; }
    [Id(7)] public required int MaxWorkers { get; init; }

    /// <summary>Directory or az:// address under which the run keeps checkpoints and history.</summary>
    [Id(8)] public required string Store { get; init; }
}

/// <summary>One committed step as rank 0 tells it; phases are those of the slowest path, in seconds.</summary>
[GenerateSerializer, Immutable, Alias("mammut.StepRecord")]
public sealed record StepRecord
{
    [Id(0)] public required long Step { get; init; }
    [Id(1)] public required int Generation { get; init; }

    /// <summary>When the step was committed.</summary>
    [Id(2)] public required DateTimeOffset At { get; init; }
    [Id(3)] public required double Loss { get; init; }
    [Id(4)] public required double Contrastive { get; init; }
    [Id(5)] public required double Captioning { get; init; }
    [Id(6)] public required double LearningRate { get; init; }

    /// <summary>Global gradient norm before clipping.</summary>
    [Id(7)] public required double GradNorm { get; init; }

    /// <summary>exp of the learned temperature parameter.</summary>
    [Id(8)] public required double LogitScale { get; init; }
    [Id(9)] public required int Samples { get; init; }
    [Id(10)] public required PhaseSeconds Phases { get; init; }

    /// <summary>The update was skipped because a loss or gradient was not finite.</summary>
    [Id(11)] public bool Skipped { get; init; }

    /// <summary>Grows within a generation when training goes back: of two records of a step the one with the higher (generation, attempt) counts.</summary>
    [Id(12)] public int Attempt { get; init; }

    /// <summary>This record replaces <paramref name="other"/> and all after it, or comes after it.</summary>
    public bool Supersedes(StepRecord other) => Step > other.Step || Generation > other.Generation || Generation == other.Generation && Attempt > other.Attempt;
}

/// <summary>Seconds of one step by phase. They add up to the step's time.</summary>
[GenerateSerializer, Immutable, Alias("mammut.PhaseSeconds")]
public sealed record PhaseSeconds
{
    [Id(0)] public double DataWait { get; init; }
    [Id(1)] public double Forward { get; init; }
    [Id(2)] public double Backward { get; init; }
    [Id(3)] public double ExposedCommunication { get; init; }
    [Id(4)] public double Optimizer { get; init; }
    [Id(5)] public double Checkpoint { get; init; }
    [Id(6)] public double Other { get; init; }

    public double Total => DataWait + Forward + Backward + ExposedCommunication + Optimizer + Checkpoint + Other;
}

/// <summary>A checkpoint that exists: its manifest has been written.</summary>
[GenerateSerializer, Immutable, Alias("mammut.CheckpointRecord")]
public sealed record CheckpointRecord
{
    [Id(0)] public required long Step { get; init; }
    [Id(1)] public required DateTimeOffset At { get; init; }
    [Id(2)] public required long Bytes { get; init; }
    [Id(3)] public required double WriteSeconds { get; init; }
    [Id(4)] public required double StallSeconds { get; init; }

    /// <summary>Its parts and its manifest have been read back, and the hashes were those of what was written.</summary>
    [Id(5)] public bool Verified { get; init; }
}

/// <summary>Zero-shot retrieval at a step: shares from 0 to 1.</summary>
[GenerateSerializer, Immutable, Alias("mammut.EvaluationRecord")]
public sealed record EvaluationRecord
{
    [Id(0)] public required long Step { get; init; }
    [Id(1)] public required DateTimeOffset At { get; init; }
    [Id(2)] public required string Name { get; init; }
    [Id(3)] public required int Candidates { get; init; }
    [Id(4)] public required double ImageToTextR1 { get; init; }
    [Id(5)] public required double ImageToTextR5 { get; init; }
    [Id(6)] public required double ImageToTextR10 { get; init; }
    [Id(7)] public required double TextToImageR1 { get; init; }
    [Id(8)] public required double TextToImageR5 { get; init; }
    [Id(9)] public required double TextToImageR10 { get; init; }
}

public enum RunEventKind
{
    Submitted,
    WorkerJoined,
    WorkerLost,
    WorkerLeft,
    GenerationFormed,
    Resumed,
    CheckpointWritten,
    CheckpointRefused,
    Evaluated,
    LossSpike,
    NonFinite,
    BadRows,
    Paused,
    Completed,
    Failed,
    Stopped,

    /// <summary>A generation ended although none of its members is known to be dead.</summary>
    GenerationFailed,

    /// <summary>A worker that keeps failing has to wait before it may join again.</summary>
    WorkerHeldBack,

    /// <summary>A checkpoint could not be written; training goes on.</summary>
    CheckpointFailed,

    /// <summary>Workers that should hold the same weights do not.</summary>
    StateDiffers,
}

/// <summary>Something that happened to a run, told in one sentence.</summary>
[GenerateSerializer, Immutable, Alias("mammut.RunEvent")]
public sealed record RunEvent
{
    /// <summary>Grows from event to event of a run. In a worker's report: the number of this event among those of its process, from 1; each is taken once however often it is told.</summary>
    [Id(0)] public required long Sequence { get; init; }
    [Id(1)] public required DateTimeOffset At { get; init; }
    [Id(2)] public required RunEventKind Kind { get; init; }
    [Id(3)] public required long Step { get; init; }
    [Id(4)] public required string Text { get; init; }
    [Id(5)] public int? Rank { get; init; }
}
