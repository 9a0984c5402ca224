using System.Net.Sockets;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>Connects a rank to all its neighbours: it calls those with higher ranks and is called by those with lower ones.</summary>
internal static class Joiner
{
    /// <summary>Data connections between this rank and another.</summary>
    public static int LanesTo(int peer, TcpGroupOptions options) =>
        Neighbours.AreAdjacent(options.Rank, peer, options.World) ? options.SocketsPerPeer : 1;

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

    private static async Task<Peer> JoinAsync(int rank, TcpGroupOptions options, Formation formation, Deadline deadline)
    {
        var sockets = rank > options.Rank ? await CallAsync(rank, options, deadline).ConfigureAwait(false) : await AwaitAsync(rank, options, formation, deadline).ConfigureAwait(false);
        var peer = new Peer(rank, options.EndPoints[rank], sockets[0]);
        peer.Channels = [.. sockets.Skip(1).Select(socket => new SocketChannel(peer, socket))];
        return peer;
    }

    private static Task<Socket[]> CallAsync(int rank, TcpGroupOptions options, Deadline deadline) => Task.Factory.StartNew(
        async () =>
        {
            var connector = new PeerConnector(options, rank, deadline);
            var sockets = new List<Socket>();
            try
            {
                for (int lane = Hello.Control; lane < LanesTo(rank, options); lane++) sockets.Add(await connector.ConnectAsync(lane).ConfigureAwait(false));
                return sockets.ToArray();
            }
            catch
            {
                sockets.ForEach(socket => socket.Dispose());
                throw;
            }
        },
        deadline.Cancellation,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).Unwrap();

    private static async Task<Socket[]> AwaitAsync(int rank, TcpGroupOptions options, Formation formation, Deadline deadline)
    {
        try
        {
            return await formation.Of(rank).WaitAsync(deadline.Limit, options.Time, deadline.Cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new CollectiveException(
                $"Rank {rank} ({options.EndPoints[rank]}) did not connect to rank {options.Rank} within {deadline.Limit.TotalSeconds:0.#} s in generation {options.Generation}.", rank);
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
