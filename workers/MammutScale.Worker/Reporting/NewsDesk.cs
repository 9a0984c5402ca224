using MammutScale.Contracts;
using MammutScale.Training.Events;
using MammutScale.Training.Phases;

namespace MammutScale.Worker.Reporting;

/// <summary>Turns what the training thread tells into what the coordinator reads.</summary>
internal sealed class NewsDesk(Vitals vitals, Outbox outbox, int generation, TimeProvider time, Action<string> log) : IRunObserver
{
    private int _attempt;

    public void StepCommitted(CommittedStep step)
    {
        var phases = Seconds(step.Phases);
        vitals.Stepped(step.Step, phases);
        outbox.Add(new StepRecord
        {
            Step = step.Step,
            Generation = generation,
            Attempt = _attempt,
            At = time.GetUtcNow(),
            Loss = step.Result.Loss,
            Contrastive = step.Result.Contrastive,
            Captioning = step.Result.Captioning,
            LearningRate = step.Result.LearningRate,
            GradNorm = step.Result.GradNorm,
            LogitScale = step.Result.LogitScale,
            Samples = step.Result.Samples,
            Skipped = step.Result.Skipped,
            Phases = phases,
        });
    }

    public void CheckpointWritten(WrittenCheckpoint checkpoint)
    {
        outbox.Add(new CheckpointRecord
        {
            Step = checkpoint.Step,
            At = time.GetUtcNow(),
            Bytes = checkpoint.Bytes,
            WriteSeconds = checkpoint.WriteSeconds,
            StallSeconds = checkpoint.StallSeconds,
            Verified = checkpoint.Verified,
        });
        log($"checkpoint {checkpoint.Step} written{(checkpoint.Verified ? " and read back" : "")}");
    }

    public void Evaluated(EvaluationResult result)
    {
        var s = result.Scores;
        outbox.Add(new EvaluationRecord
        {
            Step = result.Step,
            At = time.GetUtcNow(),
            Name = result.Name,
            Candidates = s.Images,
            ImageToTextR1 = s.ImageToTextR1,
            ImageToTextR5 = s.ImageToTextR5,
            ImageToTextR10 = s.ImageToTextR10,
            TextToImageR1 = s.TextToImageR1,
            TextToImageR5 = s.TextToImageR5,
            TextToImageR10 = s.TextToImageR10,
        });
    }

    public void Happened(RunHappening happening)
    {
        if (happening.Kind == HappeningKind.Rewound) _attempt++;
        outbox.Add(new RunEvent { Sequence = 0, At = time.GetUtcNow(), Kind = Kind(happening.Kind), Step = happening.Step, Text = happening.Text, Rank = happening.Rank });
        log(happening.Text);
    }

    public void Entered(TrainingActivity activity) => vitals.State = activity switch
    {
        TrainingActivity.Synchronizing => WorkerState.Starting,
        TrainingActivity.Evaluating => WorkerState.Evaluating,
        TrainingActivity.Checkpointing => WorkerState.Checkpointing,
        _ => WorkerState.Training,
    };

    private static RunEventKind Kind(HappeningKind kind) => kind switch
    {
        HappeningKind.CheckpointRefused => RunEventKind.CheckpointRefused,
        HappeningKind.CheckpointFailed => RunEventKind.CheckpointFailed,
        HappeningKind.LossSpike => RunEventKind.LossSpike,
        HappeningKind.NonFinite => RunEventKind.NonFinite,
        HappeningKind.StateDiffers => RunEventKind.StateDiffers,
        _ => RunEventKind.Resumed,
    };

    private static PhaseSeconds Seconds(StepPhases p) => new()
    {
        DataWait = p.DataWait,
        Forward = p.Forward,
        Backward = p.Backward,
        ExposedCommunication = p.Communication,
        Optimizer = p.Optimizer,
        Checkpoint = p.Checkpoint,
        Other = p.Other,
    };
}
