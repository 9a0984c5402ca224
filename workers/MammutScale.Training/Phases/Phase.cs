namespace MammutScale.Training.Phases;

/// <summary>What the training thread spends its time on.</summary>
public enum Phase
{
    /// <summary>Waiting for the next batch.</summary>
    DataWait,
    Forward,
    Backward,

    /// <summary>Waiting for other ranks: communication that no computation hides.</summary>
    Communication,
    Optimizer,

    /// <summary>Copying state for a checkpoint.</summary>
    Checkpoint,
    Other,
}
