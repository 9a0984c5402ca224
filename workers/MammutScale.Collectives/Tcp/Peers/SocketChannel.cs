using System.Net.Sockets;
using System.Runtime.InteropServices;
using MammutScale.Collectives.Native;
using MammutScale.Collectives.Reduction;

namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>A TCP connection, used through its descriptor: the runtime's own socket layer would wake a second thread for every packet.</summary>
internal sealed unsafe class SocketChannel : Channel
{
    // one call moves at most this much, so that sending and receiving take turns
    private const long LargestMove = 512 * 1024;

    private const int ScratchBytes = 256 * 1024;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly byte* _scratch;
    private int _carried;

    public SocketChannel(Peer peer, Socket socket)
        : base(peer)
    {
        _socket = socket;
        _descriptor = (int)socket.Handle;
        _scratch = (byte*)NativeMemory.AlignedAlloc(ScratchBytes, 64);
    }

    public override string Transport => "TCP";

    public override int Descriptor => _descriptor;

    public override long TrySend(byte* source, long bytes, bool more)
    {
        nint sent = Libc.Send(_descriptor, source, (nuint)Math.Min(bytes, LargestMove), Libc.DoNotWait | Libc.NoSignal | (more ? Libc.More : 0));
        if (sent >= 0) return sent;
        return Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.Interrupted ? 0 : throw Lost();
    }

    public override long TryReceive(byte* destination, long bytes)
    {
        nint received = Libc.Receive(_descriptor, destination, (nuint)Math.Min(bytes, LargestMove), Libc.DoNotWait);
        if (received > 0 || bytes == 0) return received;
        if (received == 0) throw new PeerLostException(Peer, "closed its connection");
        return Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.Interrupted ? 0 : throw Lost();
    }

    public override long TryCombine(byte* destination, byte* own, long bytes, ElementType type, ReduceOp op)
    {
        long received = TryReceive(_scratch + _carried, Math.Min(bytes, ScratchBytes) - _carried);
        if (received == 0) return 0;
        long held = _carried + received;
        long elements = held / type.Size();
        Reducer.Combine(destination, own, _scratch, elements, type, op);
        long combined = elements * type.Size();
        // an element can arrive in two pieces
        _carried = (int)(held - combined);
        for (int i = 0; i < _carried; i++) _scratch[i] = _scratch[combined + i];
        return combined;
    }

    public override bool IsReady => false;

    public override bool FallAsleep() => true;

    public override void Dispose()
    {
        _socket.Dispose();
        NativeMemory.AlignedFree(_scratch);
    }

    private PeerLostException Lost() => new(Peer, $"cannot be reached any more ({Libc.LastError()})");
}
