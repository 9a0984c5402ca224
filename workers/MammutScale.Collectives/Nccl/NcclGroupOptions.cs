namespace MammutScale.Collectives;

/// <summary>What a rank needs besides its control group to join with its GPU.</summary>
public sealed record NcclGroupOptions
{
    /// <summary>The CUDA device of this rank.</summary>
    public int Device { get; init; }

    /// <summary>How long setting up and orderly ending may take.</summary>
    public TimeSpan SetUpTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The group has failed when no operation that was started ends for this long, computing before it included.</summary>
    public TimeSpan ProgressTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the library is asked for errors.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The network interfaces that NCCL may use, as NCCL_SOCKET_IFNAME has them; an environment that sets it wins. Null: NCCL chooses.</summary>
    public string? Interface { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Action<string>? Log { get; init; }
}
