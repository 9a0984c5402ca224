using System.Net;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives;

/// <summary>What a rank must know to join its group.</summary>
public sealed record TcpGroupOptions
{
    public required int Rank { get; init; }

    /// <summary>Where every rank listens, in rank order; the same list on all ranks.</summary>
    public required IReadOnlyList<IPEndPoint> EndPoints { get; init; }

    /// <summary>The generation's secret, 32 bytes; whoever does not have it is refused.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>The generation; connections of any other one are refused.</summary>
    public required long Generation { get; init; }

    /// <summary>Where this rank listens; it may serve generation after generation. Not needed in a world of one.</summary>
    public TcpRendezvousListener? Listener { get; init; }

    /// <summary>How long to wait until all peers have come.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public MeshTiming Timing { get; init; } = new();

    /// <summary>Connections to each ring neighbour on another host. All ranks must say the same.</summary>
    public int SocketsPerPeer { get; init; } = 2;

    /// <summary>Use shared memory to ranks on this host, where the kernel lets us.</summary>
    public bool SharedMemory { get; init; } = true;

    /// <summary>Send from this network interface's address: a name ("eth1"), an address or a network ("10.8.0.0/16"). Null: the kernel chooses.</summary>
    public string? Interface { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Receives one line for everything worth knowing.</summary>
    public Action<string>? Log { get; init; }

    internal int World => EndPoints.Count;

    /// <summary>Streams to each ring neighbour. Every rank comes to the same number, since all know the same end points.</summary>
    internal int Lanes => SharedMemory && EndPoints.All(endPoint => endPoint.Address.Equals(EndPoints[0].Address)) ? 1 : SocketsPerPeer;

    internal void Validate()
    {
        if (EndPoints.Count == 0) throw new ArgumentException("EndPoints is empty.");
        if (Rank < 0 || Rank >= EndPoints.Count) throw new ArgumentException($"Rank is {Rank}, but there are {EndPoints.Count} end points.");
        if (Secret.Length != 32) throw new ArgumentException($"Secret has {Secret.Length} bytes; 32 are needed.");
        if (SocketsPerPeer is < 1 or > 16) throw new ArgumentException($"SocketsPerPeer is {SocketsPerPeer}; 1 to 16 are possible.");
        if (EndPoints.Count > 1 && Listener is null) throw new ArgumentException("Listener is needed where there is more than one rank.");
        Timing.Validate();
    }
}
