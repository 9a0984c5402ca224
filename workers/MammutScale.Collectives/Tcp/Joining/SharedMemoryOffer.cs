using System.Net;
using System.Runtime.InteropServices;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>
/// The agreement of two ranks on how their data travels, made on their control connection: the caller offers shared memory if
/// both have one address, the other one takes it if it can open it.
/// </summary>
internal static class SharedMemoryOffer
{
    /// <summary>Size of the offer; one byte answers it.</summary>
    public const int Bytes = 32;

    // enough to keep two processes busy while one of them is scheduled away, little enough to stay in the cache
    private const long LaneCapacity = 1024 * 1024;

    // other peers only exchange small messages
    private const long SmallCapacity = 128 * 1024;

    private static long Capacity(int rank, TcpGroupOptions options) => Neighbours.AreAdjacent(options.Rank, rank, options.World) ? LaneCapacity : SmallCapacity;

    /// <returns>The channels; null when data shall travel by TCP.</returns>
    public static Channel[]? Make(Peer peer, int lanes, TcpGroupOptions options, Deadline deadline)
    {
        using var guard = new Guard(options.SharedMemory && HasOurAddress(peer, options) ? NewSegment(lanes, peer.Rank, options, out var nonce) : Nothing(out nonce));
        var offer = new Offer { Nonce = nonce, Process = Environment.ProcessId, Descriptor = guard.Segment?.Descriptor ?? -1 };
        Wire.Send(peer.ControlDescriptor, MemoryMarshal.AsBytes(new ReadOnlySpan<Offer>(in offer)), deadline);
        Span<byte> taken = stackalloc byte[1];
        Wire.Receive(peer.ControlDescriptor, taken, deadline);
        return taken[0] == 1 && guard.Segment is not null ? guard.Keep().Channels(peer, lanes, Capacity(peer.Rank, options), creator: true) : null;
    }

    /// <inheritdoc cref="Make"/>
    public static Channel[]? Answer(Peer peer, int lanes, TcpGroupOptions options, Deadline deadline)
    {
        var offer = default(Offer);
        Wire.Receive(peer.ControlDescriptor, MemoryMarshal.AsBytes(new Span<Offer>(ref offer)), deadline);
        long capacity = Capacity(peer.Rank, options);
        SharedSegment? segment = null;
        if (options.SharedMemory && offer.Descriptor >= 0)
        {
            segment = SharedSegment.Open(offer.Process, offer.Descriptor, offer.Nonce, SharedSegment.BytesFor(lanes, capacity), out string trouble);
            if (segment is null) options.Log?.Invoke($"Shared memory with {peer} is not possible: {trouble}. TCP is used.");
        }
        Wire.Send(peer.ControlDescriptor, [(byte)(segment is null ? 0 : 1)], deadline);
        return segment?.Channels(peer, lanes, capacity, creator: false);
    }

    private static bool HasOurAddress(Peer peer, TcpGroupOptions options) =>
        ((IPEndPoint)peer.Address).Address is var address && (IPAddress.IsLoopback(address) || address.Equals(options.EndPoints[options.Rank].Address));

    private static SharedSegment? NewSegment(int lanes, int rank, TcpGroupOptions options, out UInt128 nonce)
    {
        nonce = SharedSegment.NewNonce();
        return SharedSegment.Create(nonce, SharedSegment.BytesFor(lanes, Capacity(rank, options)));
    }

    private static SharedSegment? Nothing(out UInt128 nonce)
    {
        nonce = 0;
        return null;
    }

    [StructLayout(LayoutKind.Sequential, Size = Bytes)]
    private struct Offer
    {
        public UInt128 Nonce;
        public int Process;
        public int Descriptor;
        public long Reserved;
    }

    /// <summary>Gives the segment up unless it was kept.</summary>
    private sealed class Guard(SharedSegment? segment) : IDisposable
    {
        public SharedSegment? Segment { get; private set; } = segment;

        public SharedSegment Keep()
        {
            var kept = Segment!;
            Segment = null;
            return kept;
        }

        public void Dispose() => Segment?.Dispose();
    }
}
