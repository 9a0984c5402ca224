namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>
/// A stream of bytes to and from one peer. Nothing here blocks: a call moves what it can and says how much.
/// Calls throw <see cref="PeerLostException"/> when the stream has ended.
/// </summary>
internal abstract unsafe class Channel(Peer peer) : IDisposable
{
    public Peer Peer { get; } = peer;

    /// <summary>Set before a wait by whoever has something to send.</summary>
    public bool WantsToSend { get; set; }

    /// <summary>Set before a wait by whoever expects something.</summary>
    public bool WantsToReceive { get; set; }

    /// <summary>"shared memory" or "TCP", for people.</summary>
    public abstract string Transport { get; }

    /// <summary>What to poll for; negative when readiness does not come from a descriptor.</summary>
    public abstract int Descriptor { get; }

    /// <param name="source">First byte to send.</param>
    /// <param name="bytes">How many there are.</param>
    /// <param name="more">More will follow at once.</param>
    /// <returns>Bytes taken.</returns>
    public abstract long TrySend(byte* source, long bytes, bool more);

    /// <returns>Bytes received.</returns>
    public abstract long TryReceive(byte* destination, long bytes);

    /// <summary>Receives up to <paramref name="bytes"/> bytes of elements and stores <c>own op received</c>.</summary>
    /// <returns>Bytes of whole elements combined.</returns>
    public abstract long TryCombine(byte* destination, byte* own, long bytes, ElementType type, ReduceOp op);

    /// <summary>Whether what is wanted is possible now, as far as that can be told without a poll.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Before a poll: asks the peer for a sign when what is wanted becomes possible.</summary>
    /// <returns>False when it is possible already, so that there is no need to poll.</returns>
    public abstract bool FallAsleep();

    public abstract void Dispose();
}
