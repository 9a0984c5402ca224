using MammutScale.Training.Configuration;

namespace MammutScale.Training.Runs;

/// <summary>When a checkpoint is due: by steps, by time (rank 0's clock), or because somebody asks.</summary>
internal sealed class CheckpointSchedule(CheckpointSection rules, TimeProvider time)
{
    private long _last = time.GetTimestamp();

    public bool IsDue { get; private set; }

    /// <summary>Due at exactly this step: steps that people count on, such as those that are kept for good.</summary>
    public bool CannotWait { get; private set; }

    public bool TimeIsUp => rules.EveryMinutes > 0 && time.GetElapsedTime(_last).TotalMinutes >= rules.EveryMinutes;

    public void Ask() => IsDue = true;

    public void StepCommitted(long step)
    {
        if (rules.EverySteps > 0 && step % rules.EverySteps == 0) IsDue = CannotWait = true;
    }

    public void Begun()
    {
        IsDue = CannotWait = false;
        _last = time.GetTimestamp();
    }
}
