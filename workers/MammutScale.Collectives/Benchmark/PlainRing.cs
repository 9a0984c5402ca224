using System.Net;
using System.Net.Sockets;
using MammutScale.Collectives.Native;

namespace MammutScale.Collectives.Benchmark;

/// <summary>
/// The limit: sockets round a ring, each rank sending and receiving a number of bytes as fast as loopback lets it, with nothing
/// computed and no order kept.
/// </summary>
internal sealed unsafe class PlainRing : IDisposable
{
    private const nuint PieceBytes = 512 * 1024;

    private readonly Socket _next;
    private readonly Socket _previous;
    private readonly byte[] _received = GC.AllocateUninitializedArray<byte>((int)PieceBytes, pinned: true);

    private PlainRing(Socket next, Socket previous) => (_next, _previous) = (next, previous);

    public static PlainRing Connect(ICollectives group)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        long mine = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var ports = new long[group.WorldSize];
        fixed (long* all = ports)
            group.AllGather(new DeviceBuffer((nint)(&mine), 1, ElementType.Int64), new DeviceBuffer((nint)all, ports.Length, ElementType.Int64)).Wait();
        var next = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        next.Connect(new IPEndPoint(IPAddress.Loopback, (int)ports[(group.Rank + 1) % group.WorldSize]));
        return new PlainRing(next, listener.Accept());
    }

    public void Exchange(byte* data, long bytes)
    {
        long sent = 0, received = 0;
        var poll = stackalloc Libc.PollDescriptor[2];
        fixed (byte* place = _received)
        {
            while (sent < bytes || received < bytes)
            {
                nint movedOut = sent < bytes ? Libc.Send((int)_next.Handle, data, Math.Min(PieceBytes, (nuint)(bytes - sent)), Libc.DoNotWait | Libc.NoSignal) : 0;
                nint movedIn = received < bytes ? Libc.Receive((int)_previous.Handle, place, Math.Min(PieceBytes, (nuint)(bytes - received)), Libc.DoNotWait) : 0;
                sent += Math.Max(movedOut, 0);
                received += Math.Max(movedIn, 0);
                if (movedOut > 0 || movedIn > 0) continue;
                poll[0] = new() { Descriptor = sent < bytes ? (int)_next.Handle : -1, Events = Libc.PollOut };
                poll[1] = new() { Descriptor = received < bytes ? (int)_previous.Handle : -1, Events = Libc.PollIn };
                _ = Libc.Poll(poll, 2, 1000);
            }
        }
    }

    public void Dispose()
    {
        _next.Dispose();
        _previous.Dispose();
    }
}
