namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>Until when something may take.</summary>
internal sealed class Deadline(TimeProvider time, TimeSpan limit, CancellationToken cancellation)
{
    private readonly long _begin = time.GetTimestamp();

    public CancellationToken Cancellation => cancellation;

    public TimeSpan Limit => limit;

    public bool HasPassed => Left <= TimeSpan.Zero;

    public TimeSpan Left => limit - time.GetElapsedTime(_begin);

    /// <summary>The earlier of this deadline and one that begins now.</summary>
    public Deadline AtMost(TimeSpan other) => new(time, other < Left ? other : Left, cancellation);

    public Task Delay(TimeSpan delay) => Task.Delay(delay < Left ? delay : TimeSpan.FromMilliseconds(Math.Max(1, Left.TotalMilliseconds)), time, cancellation);
}
