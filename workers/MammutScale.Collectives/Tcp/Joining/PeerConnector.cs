using System.Net;
using System.Net.Sockets;
using MammutScale.Collectives.Native;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>Connects to one peer, again and again until it is there or time is up.</summary>
internal sealed class PeerConnector(TcpGroupOptions options, int peer, Deadline deadline)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly IPEndPoint _endPoint = options.EndPoints[peer];

    /// <param name="lane">Which of the connections to the peer this one is.</param>
    /// <exception cref="CollectiveException">The peer did not come, or refuses this rank.</exception>
    public async Task<Socket> ConnectAsync(int lane)
    {
        var pause = FirstPause;
        while (true)
        {
            string trouble;
            try
            {
                return Try(lane);
            }
            catch (HandshakeException e) when (e.Refusal is Refusal.None or Refusal.UnknownGeneration)
            {
                trouble = e.Message;
            }
            catch (HandshakeException e)
            {
                // an older generation is this rank's own fault
                throw new CollectiveException($"{Name} {e.Message}.", e.Refusal == Refusal.StaleGeneration ? options.Rank : peer, e);
            }
            if (deadline.HasPassed) throw new CollectiveException($"{Name} could not be reached within {deadline.Limit.TotalSeconds:0.#} s: it {trouble}.", peer);
            await deadline.Delay(pause).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private string Name => $"Rank {peer} ({_endPoint})";

    private Socket Try(int lane)
    {
        var socket = new Socket(_endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            if (options.Interface is not null) socket.Bind(new IPEndPoint(NetworkInterfaces.Resolve(options.Interface), 0));
            Reach(socket);
            var hello = Handshake.NewHello(options.Generation, options.Rank, peer, options.World, lane, options.Lanes);
            Handshake.Introduce((int)socket.Handle, hello, options.Secret.Span, deadline);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Reach(Socket socket)
    {
        try
        {
            socket.Connect(_endPoint);
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            Wire.Await((int)socket.Handle, Libc.PollOut, deadline);
        }
        catch (SocketException e)
        {
            throw new HandshakeException($"cannot be reached ({e.Message})");
        }
        int error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0) throw new HandshakeException($"cannot be reached ({new SocketException(error).Message})");
    }
}
