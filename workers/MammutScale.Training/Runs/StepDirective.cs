namespace MammutScale.Training.Runs;

/// <summary>What is asked of a worker between two steps. When ranks are asked for different things, the last in this list wins for all.</summary>
public enum StepDirective
{
    Continue,

    /// <summary>Write a checkpoint and go on.</summary>
    Checkpoint,

    /// <summary>Leave the generation at this step with the state in memory: another one is being formed.</summary>
    Regroup,

    /// <summary>Write a checkpoint, keep the state and leave the generation until there is another one.</summary>
    Pause,

    /// <summary>Write a checkpoint and end.</summary>
    Stop,

    /// <summary>Leave at once, without agreement and without a checkpoint.</summary>
    Abort,
}

/// <summary>How a generation ended.</summary>
public enum GenerationEnd
{
    /// <summary>All steps are done.</summary>
    Completed,
    Regrouped,
    Paused,
    Stopped,
}
