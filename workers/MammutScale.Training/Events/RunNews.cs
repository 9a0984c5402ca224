namespace MammutScale.Training.Events;

/// <summary>What a worker's training has to tell; called on the training thread, so answers must be quick.</summary>
public interface IRunObserver
{
    /// <summary>A step is committed on this rank.</summary>
    void StepCommitted(CommittedStep step);

    /// <summary>A checkpoint exists (its manifest is written); rank 0 only.</summary>
    void CheckpointWritten(WrittenCheckpoint checkpoint);

    /// <summary>An evaluation is done; rank 0 only.</summary>
    void Evaluated(EvaluationResult result);

    /// <summary>Something else that people want to know.</summary>
    void Happened(RunHappening happening);

    /// <summary>The training thread begins to do something else.</summary>
    void Entered(TrainingActivity activity);
}

public enum TrainingActivity
{
    Synchronizing,
    Training,
    Evaluating,
    Checkpointing,
}

public enum HappeningKind
{
    /// <summary>The state came from a checkpoint.</summary>
    Resumed,

    /// <summary>The state came from other ranks' memory.</summary>
    Synchronized,

    /// <summary>A damaged checkpoint was passed over.</summary>
    CheckpointRefused,

    /// <summary>A checkpoint could not be written; training goes on.</summary>
    CheckpointFailed,
    LossSpike,

    /// <summary>The run went back to a checkpoint and leaves batches out.</summary>
    Rewound,

    /// <summary>A step's update was skipped.</summary>
    NonFinite,

    /// <summary>Ranks that should be equal are not.</summary>
    StateDiffers,
}

/// <summary>An event in one sentence.</summary>
public sealed record RunHappening(HappeningKind Kind, long Step, string Text, int? Rank = null);

/// <summary>A checkpoint that is committed.</summary>
/// <param name="Step">Committed steps that it holds.</param>
/// <param name="Bytes">Of all parts.</param>
/// <param name="WriteSeconds">From the snapshot to the manifest.</param>
/// <param name="StallSeconds">How long training stood still for it.</param>
/// <param name="Verified">Every part and the manifest were read back and compared.</param>
public sealed record WrittenCheckpoint(long Step, long Bytes, double WriteSeconds, double StallSeconds, bool Verified);
