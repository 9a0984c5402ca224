using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

/// <summary>How ranks move bytes to each other. Which network they use is a worker's own matter (--listen).</summary>
public sealed record CollectivesSection
{
    /// <summary>TCP connections to each ring neighbour on another host: several fill a fast network that one does not.</summary>
    [Between(1, 16)] public int SocketsPerPeer { get; init; } = 2;

    /// <summary>Ranks of one host exchange through shared memory where the kernel lets them.</summary>
    public bool SharedMemory { get; init; } = true;

    /// <summary>So long all ranks of a generation are waited for.</summary>
    [AtLeast(1)] public double ConnectSeconds { get; init; } = 30;

    /// <summary>A rank that has not been heard of for so long is lost: its machine has stopped, or the network is cut.</summary>
    [AtLeast(1)] public double SilenceSeconds { get; init; } = 8;

    /// <summary>An operation in which nothing moves for so long has failed although all ranks live; the limit in force is learnt from recent operations and lies below.</summary>
    [AtLeast(10)] public double StandstillSeconds { get; init; } = 600;
}
