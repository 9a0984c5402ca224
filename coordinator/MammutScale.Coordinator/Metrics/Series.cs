using MammutScale.Contracts;

namespace MammutScale.Coordinator.Metrics;

/// <summary>The series that are kept of every step, in the order of <see cref="SeriesBlock.Names"/>.</summary>
internal static class Series
{
    public static readonly string[] Names =
    [
        "loss", "contrastive", "captioning", "learning_rate", "grad_norm", "logit_scale", "samples_per_second", "step_seconds",
        "data_wait", "forward", "backward", "communication", "optimizer", "checkpoint", "other",
    ];

    public static int Count => Names.Length;

    public static double[] Values(StepRecord step)
    {
        var p = step.Phases;
        var seconds = p.Total;
        return
        [
            step.Loss, step.Contrastive, step.Captioning, step.LearningRate, step.GradNorm, step.LogitScale,
            seconds > 0 ? step.Samples / seconds : double.NaN, seconds,
            p.DataWait, p.Forward, p.Backward, p.ExposedCommunication, p.Optimizer, p.Checkpoint, p.Other,
        ];
    }

    public static bool IsFinite(StepRecord step) => !step.Skipped && double.IsFinite(step.Loss) && double.IsFinite(step.GradNorm);
}
