using System.Runtime.InteropServices;
using MammutScale.Collectives.Native;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>
/// Whole messages over a socket, with a deadline. Descriptors are polled here, because a socket that has once been used
/// asynchronously wakes a thread of the runtime for every packet from then on.
/// </summary>
internal static unsafe class Wire
{
    private const int Slice = 50;

    public static void Send(int descriptor, ReadOnlySpan<byte> message, Deadline deadline)
    {
        while (!message.IsEmpty)
        {
            nint sent;
            fixed (byte* data = message) sent = Libc.Send(descriptor, data, (nuint)message.Length, Libc.DoNotWait | Libc.NoSignal);
            if (sent < 0 && Marshal.GetLastPInvokeError() is not (Libc.TryAgain or Libc.Interrupted)) throw new HandshakeException("broke the connection");
            if (sent > 0) message = message[(int)sent..];
            else Await(descriptor, Libc.PollOut, deadline);
        }
    }

    public static void Receive(int descriptor, Span<byte> message, Deadline deadline)
    {
        while (!message.IsEmpty)
        {
            nint received;
            fixed (byte* data = message) received = Libc.Receive(descriptor, data, (nuint)message.Length, Libc.DoNotWait);
            if (received == 0) throw new HandshakeException("closed the connection during the handshake");
            if (received < 0 && Marshal.GetLastPInvokeError() is not (Libc.TryAgain or Libc.Interrupted)) throw new HandshakeException("broke the connection");
            if (received > 0) message = message[(int)received..];
            else Await(descriptor, Libc.PollIn, deadline);
        }
    }

    /// <summary>Returns when the descriptor is ready.</summary>
    public static void Await(int descriptor, short events, Deadline deadline)
    {
        while (true)
        {
            deadline.Cancellation.ThrowIfCancellationRequested();
            if (deadline.HasPassed) throw new HandshakeException($"did not answer within {deadline.Limit.TotalSeconds:0.#} s");
            var poll = new Libc.PollDescriptor { Descriptor = descriptor, Events = events };
            if (Libc.Poll(&poll, 1, Slice) > 0) return;
        }
    }
}
