using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MammutScale.Collectives.Native;

namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>Another rank: its control connection, its channels, and what it has said about itself.</summary>
internal sealed unsafe class Peer : IDisposable
{
    private readonly Socket _control;
    private readonly byte[] _received = new byte[2 * ControlFrame.LargestBytes];
    private readonly byte[] _sending = new byte[ControlFrame.LargestBytes];
    private int _held;

    public Peer(int rank, EndPoint address, Socket control)
    {
        Rank = rank;
        Address = address;
        _control = control;
        ControlDescriptor = (int)control.Handle;
    }

    public int Rank { get; }

    public EndPoint Address { get; }

    public int ControlDescriptor { get; }

    /// <summary>One stream per lane; peers that are no ring neighbours have one.</summary>
    public Channel[] Channels { get; set; } = [];

    /// <summary>When it was last heard of, as a timestamp.</summary>
    public long LastHeard { get; set; }

    /// <summary>The operation that it says it has come to.</summary>
    public long Sequence { get; private set; }

    public bool HasLeft { get; private set; }

    public bool ControlClosed { get; private set; }

    /// <summary>What it says the group has failed of.</summary>
    public CollectiveException? Notice { get; private set; }

    public override string ToString() => $"Rank {Rank} ({Address})";

    /// <summary>Sends a message if the connection takes it now; a peer that does not read has other troubles than a lost message.</summary>
    public void Tell(ControlKind kind, int rank, long sequence, string text = "")
    {
        if (ControlClosed) return;
        int length = ControlFrame.Write(_sending, kind, rank, sequence, text);
        fixed (byte* data = _sending)
        {
            nint sent = Libc.Send(ControlDescriptor, data, (nuint)length, Libc.DoNotWait | Libc.NoSignal);
            // half a frame would turn all that follows into garbage
            if (sent >= 0 && sent < length) ControlClosed = true;
        }
    }

    /// <summary>Reads what the control connection holds.</summary>
    /// <returns>Whether anything came.</returns>
    public bool Listen()
    {
        bool heard = false;
        while (!ControlClosed)
        {
            nint received;
            fixed (byte* data = _received)
                received = Libc.Receive(ControlDescriptor, data + _held, (nuint)(_received.Length - _held), Libc.DoNotWait);
            if (received < 0 && Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.Interrupted) break;
            if (received <= 0)
            {
                ControlClosed = true;
                break;
            }
            heard = true;
            _held += (int)received;
            Parse();
        }
        return heard;
    }

    /// <summary>Ends the connections; what was sent before still arrives.</summary>
    public void Dispose()
    {
        foreach (var channel in Channels) channel.Dispose();
        try
        {
            _control.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // the peer was faster
        }
        // closing a socket with unread bytes resets the connection and could overtake the last message
        Listen();
        _control.Dispose();
    }

    private void Parse()
    {
        int begin = 0;
        while (begin < _held)
        {
            var rest = _received.AsSpan(begin, _held - begin);
            int length = ControlFrame.Measure(rest);
            if (length < 0) throw new PeerLostException(this, $"sent garbage on its control connection (it begins with {Convert.ToHexString(rest[..Math.Min(8, rest.Length)])})");
            if (length == 0) break;
            Take(rest[..length]);
            begin += length;
        }
        _held -= begin;
        if (begin > 0) _received.AsSpan(begin, _held).CopyTo(_received);
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        var (kind, rank, sequence) = ControlFrame.Read(frame);
        switch (kind)
        {
            case ControlKind.Heartbeat:
                Sequence = sequence;
                break;
            case ControlKind.Leaving:
                HasLeft = true;
                break;
            case ControlKind.Failed:
                Notice ??= new CollectiveException(ControlFrame.Text(frame), rank < 0 ? null : rank);
                break;
            default:
                break;
        }
    }
}
