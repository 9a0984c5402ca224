namespace MammutScale.DataLoader.Tests.Places;

/// <summary>The system's time, but nobody waits longer than a millisecond.</summary>
internal sealed class HastyTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.FromMilliseconds(1) && dueTime < TimeSpan.FromSeconds(30) ? TimeSpan.FromMilliseconds(1) : dueTime, period);
}
