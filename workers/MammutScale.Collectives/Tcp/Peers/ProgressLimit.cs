namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>How long an operation may stand still: learnt from how long recent ones did.</summary>
internal sealed class ProgressLimit(MeshTiming timing)
{
    private const int Remembered = 64;
    private const int Enough = 32;

    private readonly TimeSpan[] _waits = new TimeSpan[Remembered];
    private long _seen;

    public TimeSpan Current { get; private set; } = timing.ProgressTimeout;

    /// <summary>Learns from an operation that came to a good end.</summary>
    /// <param name="longestWait">The longest time in which nothing moved.</param>
    public void Learn(TimeSpan longestWait)
    {
        _waits[_seen++ % Remembered] = longestWait;
        if (_seen < Enough) return;
        var longest = TimeSpan.Zero;
        foreach (var wait in _waits) longest = wait > longest ? wait : longest;
        long ticks = (long)Math.Min(timing.ProgressFactor * longest.Ticks, timing.ProgressTimeout.Ticks);
        Current = TimeSpan.FromTicks(Math.Max(ticks, timing.ProgressFloor.Ticks));
    }
}
