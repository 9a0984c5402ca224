namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>A stream to a peer has ended; why, and whose fault it is, is for <see cref="Mesh"/> to find out.</summary>
internal sealed class PeerLostException(Peer peer, string reason) : Exception(reason)
{
    public Peer Peer { get; } = peer;
}
