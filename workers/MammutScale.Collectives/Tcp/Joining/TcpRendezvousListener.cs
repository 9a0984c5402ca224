using System.Net;
using System.Net.Sockets;
using MammutScale.Collectives.Tcp.Joining;

namespace MammutScale.Collectives;

/// <summary>
/// Where a rank can be reached. It is bound first, so that its address can be announced before there is a group, and serves one
/// generation after the other. Whoever does not belong to the current generation is refused, and named in the log.
/// </summary>
public sealed class TcpRendezvousListener : IDisposable
{
    private const int GreetingsAtOnce = 64;
    private const int Backlog = 512;

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly TimeSpan _handshakeTimeout;
    private readonly Action<string>? _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _greetings = new(GreetingsAtOnce);
    private readonly Lock _gate = new();
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Formation? _formation;
    private long _newest = long.MinValue;
    private long _refused;

    private TcpRendezvousListener(Socket socket, IPAddress announced, TimeProvider time, TimeSpan handshakeTimeout, Action<string>? log)
    {
        (_socket, _time, _handshakeTimeout, _log) = (socket, time, handshakeTimeout, log);
        EndPoint = new IPEndPoint(announced, ((IPEndPoint)socket.LocalEndPoint!).Port);
        _ = AcceptAsync();
    }

    /// <summary>What to announce to the other ranks.</summary>
    public IPEndPoint EndPoint { get; }

    public int Port => EndPoint.Port;

    /// <summary>Connections refused so far.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <param name="networkInterface">A name ("eth1"), an address or a network ("10.8.0.0/16", "fd00::/8"); null: all addresses are served and the first one that is no loopback is announced.</param>
    /// <param name="port">0: any free one.</param>
    /// <param name="handshakeTimeout">How long a connection may take to show who it is; 10 s if not given.</param>
    /// <exception cref="CollectiveException">There is no such interface or the port is taken.</exception>
    public static TcpRendezvousListener Bind(
        string? networkInterface = null, int port = 0, TimeProvider? time = null, Action<string>? log = null, TimeSpan? handshakeTimeout = null)
    {
        var announced = NetworkInterfaces.Resolve(networkInterface);
        // the kernel may know IPv6 and yet not let us use it
        IPAddress[] addresses = networkInterface is not null ? [announced] : Socket.OSSupportsIPv6 ? [IPAddress.IPv6Any, IPAddress.Any] : [IPAddress.Any];
        var socket = addresses.Select((address, i) => Listen(address, port, isLast: i == addresses.Length - 1)).First(listening => listening is not null)!;
        return new TcpRendezvousListener(socket, announced, time ?? TimeProvider.System, handshakeTimeout ?? TimeSpan.FromSeconds(10), log);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }

    /// <summary>From now on connections of this generation are let in, and those of older ones are not.</summary>
    internal Formation Open(TcpGroupOptions options)
    {
        lock (_gate)
        {
            if (options.Generation < _newest)
                throw new CollectiveException($"Rank {options.Rank} cannot join generation {options.Generation}: this process is already in generation {_newest}.", options.Rank);
            _newest = options.Generation;
            _formation?.End(failed: false);
            _formation = new Formation(options);
            var change = _change;
            _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            change.SetResult();
            return _formation;
        }
    }

    private static Socket? Listen(IPAddress address, int port, bool isLast)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            return isLast ? throw new CollectiveException($"Cannot listen on {new IPEndPoint(address, port)}: {e.Message}", inner: e) : null;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _greetings.WaitAsync(_stop.Token).ConfigureAwait(false);
                var socket = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = Task.Factory.StartNew(() => Greet(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (SocketException e)
            {
                // one failed connection, or no descriptors left: neither ends the listener
                _greetings.Release();
                _log?.Invoke($"A connection could not be accepted: {e.Message}");
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Greet(Socket socket)
    {
        string from = $"{socket.RemoteEndPoint}";
        bool delivered = false;
        try
        {
            var deadline = new Deadline(_time, _handshakeTimeout, _stop.Token);
            int descriptor = (int)socket.Handle;
            socket.NoDelay = true;
            var hello = Handshake.ReceiveHello(descriptor, deadline);
            var refusal = Find(hello, deadline, out var formation);
            if (refusal != Refusal.None)
            {
                Handshake.Refuse(descriptor, refusal, deadline);
                throw new HandshakeException($"calls itself rank {hello.From} of generation {hello.Generation}: {refusal.Text()}", refusal);
            }
            Handshake.Challenge(descriptor, hello, formation!.Secret.Span, deadline);
            formation.Deliver(hello, socket);
            delivered = true;
        }
        catch (HandshakeException e)
        {
            Interlocked.Increment(ref _refused);
            _log?.Invoke($"Refused a connection from {from}, which {e.Message}.");
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // the listener ends, or the other side is gone
        }
        finally
        {
            if (!delivered) socket.Dispose();
            _greetings.Release();
        }
    }

    private Refusal Find(in Hello hello, Deadline deadline, out Formation? formation)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                formation = _formation;
                if (hello.Generation < _newest) return Refusal.StaleGeneration;
                if (hello.Generation == _newest && formation is not null) return formation.Examine(hello);
                change = _change.Task;
            }
            // the other rank is ahead: wait for this one to follow
            try
            {
                if (deadline.HasPassed || !change.Wait(deadline.Left, deadline.Cancellation)) return Refusal.UnknownGeneration;
            }
            catch (ArgumentOutOfRangeException)
            {
                return Refusal.UnknownGeneration;
            }
        }
    }
}
