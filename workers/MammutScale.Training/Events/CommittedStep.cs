using MammutScale.DataLoader.Planning;
using MammutScale.Training.Phases;
using MammutScale.Training.Steps;

namespace MammutScale.Training.Events;

/// <summary>A step that this rank has committed.</summary>
public sealed record CommittedStep
{
    /// <summary>Number of the step, from 1: so many are committed now.</summary>
    public required long Step { get; init; }

    /// <summary>The batch that it trained on, from 0.</summary>
    public required long Batch { get; init; }

    public required StepResult Result { get; init; }

    /// <summary>This rank's time, by phase.</summary>
    public required StepPhases Phases { get; init; }

    /// <summary>Bytes that this rank's training thread allocated in managed memory.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>This rank's samples, in lane order.</summary>
    public required IReadOnlyList<SampleId> Samples { get; init; }
}
