using System.Runtime.InteropServices;
using MammutScale.Collectives.Native;

namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>
/// The connections of one rank, and the one place where its thread sleeps: for bytes, for a wake-up, for a peer's last words.
/// Whatever ends the group is thrown from here as a <see cref="CollectiveException"/> with the rank whose fault it is.
/// </summary>
internal sealed unsafe class Mesh : IDisposable
{
    private const int SpinsBeforeSleep = 50;

    private readonly Peer[] _byRank;
    private readonly Channel[] _channels;
    private readonly Libc.PollDescriptor* _poll;
    private readonly WakeUp _wakeUp;
    private readonly Vigil _vigil;
    private readonly Action _throwIfEnding;
    private readonly int _spins;

    /// <param name="throwIfEnding">Throws when another thread has called for an end.</param>
    public Mesh(int rank, int world, IReadOnlyList<Peer> peers, WakeUp wakeUp, Action throwIfEnding, MeshTiming timing, TimeProvider time)
    {
        _throwIfEnding = throwIfEnding;
        Peers = [.. peers];
        _byRank = new Peer[world];
        foreach (var peer in peers) _byRank[peer.Rank] = peer;
        _channels = [.. peers.SelectMany(peer => peer.Channels)];
        _poll = (Libc.PollDescriptor*)NativeMemory.AllocZeroed((nuint)(1 + Peers.Length + _channels.Length), (nuint)sizeof(Libc.PollDescriptor));
        _wakeUp = wakeUp;
        _spins = _channels.Any(channel => channel.Descriptor < 0) ? SpinsBeforeSleep : 0;
        _vigil = new Vigil(rank, Peers, timing, time);
    }

    public Peer[] Peers { get; }

    public Peer PeerOf(int rank) => _byRank[rank];

    /// <summary>An operation begins.</summary>
    public void Enter(long sequence) => _vigil.Enter(sequence);

    /// <summary>The operation has come to a good end.</summary>
    public void Exit() => _vigil.Exit();

    /// <summary>Bytes have moved since the last wait.</summary>
    public void Moved() => _vigil.Moved();

    /// <summary>Between pieces of work that do not wait: says that this rank lives, if it is time to, and ends if it is to end.</summary>
    public void Breathe()
    {
        _vigil.Breathe();
        _throwIfEnding();
    }

    /// <summary>Sleeps until a channel can do what it wants, a peer speaks, this rank is to end or a heartbeat is due.</summary>
    public void Wait()
    {
        if (!AnyReady())
        {
            _wakeUp.Arm(Alertness.EndOnly);
            _throwIfEnding();
            Sleep();
        }
        foreach (var channel in _channels) channel.WantsToSend = channel.WantsToReceive = false;
    }

    /// <summary>Sleeps between operations, as <see cref="Wait"/> does, and also until there is work.</summary>
    public void Idle(Func<bool> hasWork)
    {
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (hasWork()) return;
            Thread.Yield();
        }
        _wakeUp.Arm(Alertness.WorkOrEnd);
        if (!hasWork()) Sleep();
        _wakeUp.Disarm();
    }

    /// <summary>Finds out what stands behind a stream that has ended: a peer's own death, or a failure that the peer tells of.</summary>
    public CollectiveException Explain(PeerLostException lost)
    {
        const int Tries = 25, MillisecondsEach = 10;
        for (int i = 0; i < Tries; i++)
        {
            foreach (var peer in Peers)
            {
                try
                {
                    peer.Listen();
                }
                catch (PeerLostException)
                {
                    // one lost peer is enough to explain
                }
                if (peer.Notice is { } notice) return notice;
            }
            if (lost.Peer.HasLeft) return new CollectiveException($"{lost.Peer} left the group before this operation was done.", lost.Peer.Rank, lost);
            if (lost.Peer.ControlClosed) break;
            _ = Libc.Poll(_poll, (nuint)PrepareControl(lost.Peer), MillisecondsEach);
        }
        return new CollectiveException($"{lost.Peer} {lost.Message}.", lost.Peer.Rank, lost);
    }

    /// <summary>Tells every peer how it ends for this rank. Without a failure it leaves in peace.</summary>
    public void SayFarewell(CollectiveException? failure)
    {
        foreach (var peer in Peers)
        {
            if (failure is null) peer.Tell(ControlKind.Leaving, 0, 0);
            else peer.Tell(ControlKind.Failed, failure.FailedRank ?? -1, 0, failure.Message);
        }
    }

    public void Dispose()
    {
        foreach (var peer in Peers) peer.Dispose();
        NativeMemory.Free(_poll);
    }

    private void Sleep()
    {
        int ready = Libc.Poll(_poll, (nuint)Prepare(), _vigil.MillisecondsToNextBeat());
        _wakeUp.Disarm();
        if (ready > 0) Attend();
        _vigil.Watch(_channels);
        _throwIfEnding();
    }

    private bool AnyReady()
    {
        for (int spin = 0; spin <= _spins; spin++)
        {
            foreach (var channel in _channels)
            {
                if (channel.IsReady) return true;
            }
            // the bytes may be waiting for this very core
            Thread.Yield();
        }
        foreach (var channel in _channels)
        {
            if (!channel.FallAsleep()) return true;
        }
        return false;
    }

    private void Attend()
    {
        if (_poll[0].Result != 0) _wakeUp.Clear();
        for (int i = 0; i < Peers.Length; i++)
        {
            if (_poll[1 + i].Result != 0) Listen(Peers[i]);
        }
    }

    private void Listen(Peer peer)
    {
        if (peer.Listen()) _vigil.Heard(peer);
        if (peer.Notice is { } notice) throw notice;
        if (peer.ControlClosed && !peer.HasLeft) throw new PeerLostException(peer, "closed its connection");
    }

    private int Prepare()
    {
        _poll[0] = new() { Descriptor = _wakeUp.Descriptor, Events = Libc.PollIn };
        int count = 1;
        // a negative descriptor is passed over
        foreach (var peer in Peers) _poll[count++] = new() { Descriptor = peer.ControlClosed ? -1 : peer.ControlDescriptor, Events = Libc.PollIn };
        foreach (var channel in _channels)
        {
            short events = (short)((channel.WantsToSend ? Libc.PollOut : 0) | (channel.WantsToReceive ? Libc.PollIn : 0));
            if (events != 0 && channel.Descriptor >= 0) _poll[count++] = new() { Descriptor = channel.Descriptor, Events = events };
        }
        return count;
    }

    private int PrepareControl(Peer peer)
    {
        _poll[0] = new() { Descriptor = peer.ControlDescriptor, Events = Libc.PollIn };
        return 1;
    }
}
