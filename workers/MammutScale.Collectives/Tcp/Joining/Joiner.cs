using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>Connects a rank to all its neighbours: it calls those with higher ranks and is called by those with lower ones.</summary>
internal static class Joiner
{
    /// <summary>Data connections between this rank and another.</summary>
    public static int LanesTo(int peer, TcpGroupOptions options) =>
        Neighbours.AreAdjacent(options.Rank, peer, options.World) ? options.Lanes : 1;

    /// <exception cref="CollectiveException">Names the ranks that are missing.</exception>
    public static async Task<IReadOnlyList<Peer>> JoinAsync(TcpGroupOptions options, CancellationToken cancellation)
    {
        if (options.World == 1) return [];
        var formation = options.Listener!.Open(options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var deadline = new Deadline(options.Time, options.ConnectTimeout, stop.Token);
        var joining = Neighbours.Of(options.Rank, options.World).Select(rank => JoinAsync(rank, options, formation, deadline)).ToList();
        try
        {
            await foreach (var one in Task.WhenEach(joining).ConfigureAwait(false)) await one.ConfigureAwait(false);
            formation.End(failed: false);
            return [.. joining.Select(one => one.Result)];
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            formation.End(failed: true);
            foreach (var one in joining) await CloseAsync(one).ConfigureAwait(false);
            throw;
        }
    }

    private static Task<Peer> JoinAsync(int rank, TcpGroupOptions options, Formation formation, Deadline deadline) => Task.Factory.StartNew(
        () => rank > options.Rank ? CallAsync(rank, options, deadline) : AwaitAsync(rank, options, formation, deadline),
        deadline.Cancellation,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).Unwrap();

    private static async Task<Peer> CallAsync(int rank, TcpGroupOptions options, Deadline deadline)
    {
        var connector = new PeerConnector(options, rank, deadline);
        var peer = new Peer(rank, options.EndPoints[rank], await connector.ConnectAsync(Hello.Control).ConfigureAwait(false));
        try
        {
            int lanes = LanesTo(rank, options);
            if (Agree(() => SharedMemoryOffer.Make(peer, lanes, options, deadline), peer) is { } shared)
            {
                peer.Channels = shared;
                return peer;
            }
            for (int lane = 0; lane < lanes; lane++) peer.Channels = [.. peer.Channels, new SocketChannel(peer, await connector.ConnectAsync(lane).ConfigureAwait(false))];
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    private static async Task<Peer> AwaitAsync(int rank, TcpGroupOptions options, Formation formation, Deadline deadline)
    {
        Peer? peer = null;
        try
        {
            var control = await formation.ControlOf(rank).WaitAsync(deadline.Limit, options.Time, deadline.Cancellation).ConfigureAwait(false);
            peer = new Peer(rank, options.EndPoints[rank], control);
            peer.Channels = Agree(() => SharedMemoryOffer.Answer(peer, LanesTo(rank, options), options, deadline), peer)
                ?? [.. (await formation.LanesOf(rank).WaitAsync(deadline.Limit, options.Time, deadline.Cancellation).ConfigureAwait(false)).Select(socket => new SocketChannel(peer, socket))];
            return peer;
        }
        catch (Exception e)
        {
            peer?.Dispose();
            if (e is not TimeoutException) throw;
            throw new CollectiveException(
                $"Rank {rank} ({options.EndPoints[rank]}) did not connect to rank {options.Rank} within {deadline.Limit.TotalSeconds:0.#} s in generation {options.Generation}.", rank);
        }
    }

    private static Channel[]? Agree(Func<Channel[]?> agreement, Peer peer)
    {
        try
        {
            return agreement();
        }
        catch (HandshakeException e)
        {
            throw new CollectiveException($"{peer} {e.Message}.", peer.Rank, e);
        }
    }

    private static async Task CloseAsync(Task<Peer> joining)
    {
        try
        {
            (await joining.ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (e is CollectiveException or OperationCanceledException)
        {
            // this one never came about
        }
    }
}
