namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>When a peer counts as lost.</summary>
public sealed record MeshTiming
{
    /// <summary>How often a rank says that it lives.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A peer that has not been heard of for this long is lost: stopped, or cut off without a closed connection.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>An operation in which nothing moves for this long has failed, although its peers live; the limit before one is learnt.</summary>
    public TimeSpan ProgressTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// After 32 operations the limit is <see cref="ProgressFactor"/> times the longest wait among the last 64, but never
    /// less than this and never more than <see cref="ProgressTimeout"/>.
    /// </summary>
    public TimeSpan ProgressFloor { get; init; } = TimeSpan.FromMinutes(2);

    public double ProgressFactor { get; init; } = 20;

    internal void Validate()
    {
        if (HeartbeatInterval <= TimeSpan.Zero) throw new ArgumentException($"HeartbeatInterval is {HeartbeatInterval}; it must be above zero.");
        if (SilenceTimeout < 3 * HeartbeatInterval)
            throw new ArgumentException($"SilenceTimeout is {SilenceTimeout}; it must be at least three times HeartbeatInterval ({HeartbeatInterval}).");
        if (ProgressFloor <= TimeSpan.Zero || ProgressTimeout < ProgressFloor)
            throw new ArgumentException($"ProgressTimeout ({ProgressTimeout}) must not be below ProgressFloor ({ProgressFloor}), and both must be above zero.");
    }
}
