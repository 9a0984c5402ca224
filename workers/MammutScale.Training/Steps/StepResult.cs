namespace MammutScale.Training.Steps;

/// <summary>One step as all ranks agree on it.</summary>
public sealed record StepResult
{
    /// <summary>Weighted sum of the losses.</summary>
    public required double Loss { get; init; }

    public required double Contrastive { get; init; }

    public required double Captioning { get; init; }

    /// <summary>Global gradient norm before clipping.</summary>
    public required double GradNorm { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>exp of the learned temperature parameter, after the step.</summary>
    public required double LogitScale { get; init; }

    /// <summary>Samples of the global batch.</summary>
    public required int Samples { get; init; }

    /// <summary>The update was skipped because a loss or gradient was not finite.</summary>
    public required bool Skipped { get; init; }
}
