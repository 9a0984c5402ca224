using MammutScale.Training.Configuration;

namespace MammutScale.Training.Optimizers;

/// <summary>Linear warm-up, then cosine, linear or constant; a pure function of the step.</summary>
internal sealed class LearningRate
{
    private readonly OptimSection _optim;
    private readonly long _total;

    public LearningRate(OptimSection optim, long totalSteps)
    {
        (_optim, _total) = (optim, totalSteps);
        WarmupSteps = Math.Min(totalSteps, optim.WarmupSteps ?? (long)Math.Round(optim.WarmupShare * totalSteps));
    }

    public long WarmupSteps { get; }

    /// <summary>Rate of the update that makes step <paramref name="step"/> (from 0) a committed one.</summary>
    public double At(long step)
    {
        if (step < WarmupSteps) return _optim.Lr * (step + 1) / WarmupSteps;
        var progress = Math.Clamp((double)(step - WarmupSteps) / Math.Max(1, _total - WarmupSteps), 0, 1);
        var shape = _optim.Schedule switch
        {
            ScheduleKind.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
            ScheduleKind.Linear => 1 - progress,
            _ => 1,
        };
        return _optim.Lr * (_optim.FinalShare + (1 - _optim.FinalShare) * shape);
    }
}
