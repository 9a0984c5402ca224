using MammutScale.Collectives.Reduction;

namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>
/// A stream through memory shared with a process on the same host. The control connection carries wake-ups, and tells of the
/// peer's end.
/// </summary>
internal sealed unsafe class SharedMemoryChannel(Peer peer, SharedSegment segment, SharedRing outgoing, SharedRing incoming) : Channel(peer)
{
    // the other side starts on a piece while the next one is copied, and both stay in the cache
    private const long PieceBytes = 64 * 1024;

    public override string Transport => "shared memory";

    public override int Descriptor => -1;

    public override bool IsReady => (WantsToSend && Writable > 0) || (WantsToReceive && Readable > 0);

    private long Readable
    {
        get
        {
            try
            {
                return incoming.Readable;
            }
            catch (InvalidDataException e)
            {
                throw new PeerLostException(Peer, e.Message);
            }
        }
    }

    private long Writable
    {
        get
        {
            try
            {
                return outgoing.Writable;
            }
            catch (InvalidDataException e)
            {
                throw new PeerLostException(Peer, e.Message);
            }
        }
    }

    public override long TrySend(byte* source, long bytes, bool more)
    {
        long possible = Math.Min(bytes, Writable);
        for (long done = 0; done < possible;)
        {
            long piece = Math.Min(possible - done, PieceBytes);
            byte* place = outgoing.WritePlace(ref piece);
            Buffer.MemoryCopy(source + done, place, piece, piece);
            if (outgoing.HaveWritten(piece)) Wake();
            done += piece;
        }
        return possible;
    }

    public override long TryReceive(byte* destination, long bytes)
    {
        long possible = Math.Min(bytes, Readable);
        for (long done = 0; done < possible;)
        {
            long piece = Math.Min(possible - done, PieceBytes);
            byte* place = incoming.ReadPlace(ref piece);
            Buffer.MemoryCopy(place, destination + done, piece, piece);
            if (incoming.HaveRead(piece)) Wake();
            done += piece;
        }
        return possible;
    }

    public override long TryCombine(byte* destination, byte* own, long bytes, ElementType type, ReduceOp op)
    {
        int size = type.Size();
        byte* straddling = stackalloc byte[sizeof(long)];
        long possible = Math.Min(bytes, Readable) / size * size;
        for (long done = 0; done < possible;)
        {
            long piece = Math.Min(possible - done, PieceBytes);
            byte* place = incoming.ReadPlace(ref piece);
            piece = piece / size * size;
            if (piece == 0)
            {
                // the next element lies across the end of the ring
                place = straddling;
                piece = size;
                incoming.Peek(place, size);
            }
            Reducer.Combine(destination + done, own + done, place, piece / size, type, op);
            if (incoming.HaveRead(piece)) Wake();
            done += piece;
        }
        return possible;
    }

    public override bool FallAsleep()
    {
        if (WantsToSend) outgoing.SleepAsWriter();
        if (WantsToReceive) incoming.SleepAsReader();
        if (IsReady) return false;
        // what it had to give was here before it left
        if (Peer.HasLeft && (WantsToSend || WantsToReceive)) throw new PeerLostException(Peer, "has left");
        return true;
    }

    public override void Dispose() => segment.Dispose();

    private void Wake() => Peer.Tell(ControlKind.Doorbell, 0, 0);
}
