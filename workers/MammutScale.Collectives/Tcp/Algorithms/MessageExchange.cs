using System.Runtime.InteropServices;
using MammutScale.Collectives.Operations;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>Sends one small message to a peer and receives one from a peer, at the same time, through buffers that are made once.</summary>
internal sealed unsafe class MessageExchange : IDisposable
{
    /// <summary>The most that a message carries.</summary>
    public const int Capacity = 64 * 1024;

    private readonly Mesh _mesh;
    private readonly byte* _outgoing = (byte*)NativeMemory.AlignedAlloc(OperationHeader.Bytes + Capacity, 64);
    private readonly byte* _incoming = (byte*)NativeMemory.AlignedAlloc(OperationHeader.Bytes + Capacity, 64);

    public MessageExchange(Mesh mesh) => _mesh = mesh;

    /// <summary>Fill before an exchange.</summary>
    public byte* Outgoing => _outgoing + OperationHeader.Bytes;

    /// <summary>Read after an exchange.</summary>
    public byte* Incoming => _incoming + OperationHeader.Bytes;

    /// <summary>What every message of the operation begins with.</summary>
    public OperationHeader Header { get; private set; }

    public void Begin(Operation operation, long generation) => Header = OperationHeader.Of(operation, generation);

    /// <param name="to">The rank that gets <paramref name="outgoingBytes"/> bytes; negative: none.</param>
    /// <param name="from">The rank that sends <paramref name="incomingBytes"/> bytes; negative: none.</param>
    public void Run(int to, long outgoingBytes, int from, long incomingBytes)
    {
        *(OperationHeader*)_outgoing = Header;
        var target = to < 0 ? null : _mesh.PeerOf(to).Channels[0];
        var source = from < 0 ? null : _mesh.PeerOf(from).Channels[0];
        long sending = target is null ? 0 : OperationHeader.Bytes + outgoingBytes;
        long receiving = source is null ? 0 : OperationHeader.Bytes + incomingBytes;
        long sent = 0, received = 0;
        while (true)
        {
            long movedOut = sent < sending ? target!.TrySend(_outgoing + sent, sending - sent, more: false) : 0;
            long movedIn = received < receiving ? source!.TryReceive(_incoming + received, receiving - received) : 0;
            sent += movedOut;
            received += movedIn;
            if (movedIn > 0 && received >= OperationHeader.Bytes) Check(source!.Peer);
            if (sent == sending && received == receiving) return;
            if (movedOut + movedIn > 0)
            {
                _mesh.Moved();
                continue;
            }
            if (sent < sending) target!.WantsToSend = true;
            if (received < receiving) source!.WantsToReceive = true;
            _mesh.Wait();
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_outgoing);
        NativeMemory.AlignedFree(_incoming);
    }

    private void Check(Peer peer)
    {
        var expected = Header;
        if (new ReadOnlySpan<byte>(_incoming, OperationHeader.Bytes).SequenceEqual(new ReadOnlySpan<byte>(&expected, OperationHeader.Bytes))) return;
        throw new PeerLostException(peer, expected.Complain(*(OperationHeader*)_incoming));
    }
}
