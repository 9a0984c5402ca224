using MammutScale.Training.Events;

namespace MammutScale.Training.Tests.Support;

/// <summary>Keeps what a run tells.</summary>
internal sealed class Recorder(TimeProvider? time = null) : IRunObserver
{
    public List<CommittedStep> Steps { get; } = [];

    /// <summary>When each step was told.</summary>
    public List<long> Told { get; } = [];

    public List<WrittenCheckpoint> Checkpoints { get; } = [];

    public List<EvaluationResult> Evaluations { get; } = [];

    public List<RunHappening> Happenings { get; } = [];

    public void StepCommitted(CommittedStep step)
    {
        Steps.Add(step);
        Told.Add((time ?? TimeProvider.System).GetTimestamp());
    }

    public void CheckpointWritten(WrittenCheckpoint checkpoint) => Checkpoints.Add(checkpoint);

    public void Evaluated(EvaluationResult result) => Evaluations.Add(result);

    public void Happened(RunHappening happening) => Happenings.Add(happening);

    public void Entered(TrainingActivity activity)
    {
    }
}
