using MammutScale.Collectives.Native;
using MammutScale.Collectives.Operations;
using MammutScale.Collectives.Tcp.Algorithms;
using MammutScale.Collectives.Tcp.Joining;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives;

/// <summary>Ranks that are processes, connected by TCP. Everything happens on one thread of the group's own.</summary>
public sealed class TcpGroup : QueuedGroup
{
    private readonly WakeUp _wakeUp;
    private readonly Mesh _mesh;
    private readonly RingPass? _ring;
    private readonly SmallOperations _small;
    private readonly Func<bool> _hasWork;

    private TcpGroup(TcpGroupOptions options, WakeUp wakeUp, IReadOnlyList<Peer> peers)
        : base(options.Rank, options.EndPoints.Count)
    {
        _wakeUp = wakeUp;
        _hasWork = () => HasWork;
        _mesh = new Mesh(Rank, WorldSize, peers, wakeUp, ThrowIfAborted, options.Timing, options.Time);
        _small = new SmallOperations(_mesh, Rank, WorldSize, options.Generation);
        if (WorldSize > 1) _ring = new RingPass(_mesh, Rank, WorldSize, options.Generation);
        Start();
    }

    public override string Backend => "tcp";

    /// <summary>One line for the log: how this rank reaches each of its peers.</summary>
    public string Report =>
        $"TCP group: rank {Rank} of {WorldSize}"
        + string.Concat(_mesh.Peers.Select(peer => $", rank {peer.Rank} ({peer.Address}) by {peer.Channels[0].Transport}{(peer.Channels.Length > 1 ? $" × {peer.Channels.Length}" : "")}"));

    /// <summary>Joins the group of one generation; returns when this rank is connected to all the peers that it needs.</summary>
    /// <exception cref="CollectiveException">A rank did not come in time or refused this one.</exception>
    public static async Task<TcpGroup> ConnectAsync(TcpGroupOptions options, CancellationToken cancellation = default)
    {
        options.Validate();
        var peers = await Joiner.JoinAsync(options, cancellation).ConfigureAwait(false);
        var group = new TcpGroup(options, new WakeUp(), peers);
        options.Log?.Invoke(group.Report);
        return group;
    }

    private protected override void Run(Operation operation)
    {
        if (_ring is null)
        {
            Alone.Run(operation);
            return;
        }
        try
        {
            _mesh.Enter(operation.Sequence);
            if (SmallOperations.Suits(operation)) _small.Run(operation);
            else _ring.Run(operation);
            _mesh.Exit();
        }
        catch (PeerLostException lost)
        {
            throw _mesh.Explain(lost);
        }
    }

    private protected override void Idle()
    {
        try
        {
            _mesh.Idle(_hasWork);
        }
        catch (PeerLostException lost)
        {
            throw _mesh.Explain(lost);
        }
    }

    private protected override void Wake(bool ending) => _wakeUp.Ring(ending ? Alertness.EndOnly : Alertness.WorkOrEnd);

    private protected override void Close(CollectiveException? failure)
    {
        _mesh.SayFarewell(failure);
        _ring?.Dispose();
        _small.Dispose();
        _mesh.Dispose();
        _wakeUp.Dispose();
    }
}
