namespace MammutScale.Collectives.Tcp.Peers;

/// <summary>Keeps the watch: says that this rank lives, and notices peers that do not, or that no longer come along.</summary>
internal sealed class Vigil
{
    private readonly int _rank;
    private readonly Peer[] _peers;
    private readonly MeshTiming _timing;
    private readonly TimeProvider _time;
    private readonly ProgressLimit _limit;
    private long _lastBeat;
    private long _lastWatch;
    private long _lastMove;
    private TimeSpan _longestWait;
    private long _sequence;
    private bool _inOperation;
    private bool _moved;

    public Vigil(int rank, Peer[] peers, MeshTiming timing, TimeProvider time)
    {
        (_rank, _peers, _timing, _time) = (rank, peers, timing, time);
        _limit = new ProgressLimit(timing);
        _lastBeat = _lastWatch = _lastMove = time.GetTimestamp();
        foreach (var peer in peers) peer.LastHeard = _lastBeat;
    }

    public void Enter(long sequence)
    {
        _sequence = sequence;
        _inOperation = true;
        _moved = true;
        _longestWait = TimeSpan.Zero;
    }

    public void Exit()
    {
        _inOperation = false;
        _limit.Learn(_longestWait);
    }

    public void Moved() => _moved = true;

    public void Heard(Peer peer) => peer.LastHeard = _time.GetTimestamp();

    public void Breathe() => Beat(_time.GetTimestamp());

    public int MillisecondsToNextBeat()
    {
        var left = _timing.HeartbeatInterval - _time.GetElapsedTime(_lastBeat);
        return Math.Clamp((int)Math.Ceiling(left.TotalMilliseconds), 1, (int)Math.Max(1, _timing.HeartbeatInterval.TotalMilliseconds));
    }

    /// <summary>After a wait in which all that peers have said was read.</summary>
    /// <param name="channels">All channels, to find whom this rank waits for.</param>
    public void Watch(Channel[] channels)
    {
        long now = _time.GetTimestamp();
        var sinceLastWatch = _time.GetElapsedTime(_lastWatch, now);
        _lastWatch = now;
        Beat(now);
        if (sinceLastWatch > _timing.SilenceTimeout / 2)
        {
            // this rank itself was stopped: what it has not heard is its own fault
            foreach (var peer in _peers) peer.LastHeard = now;
            _moved = true;
        }
        CheckSilence(now);
        CheckProgress(now, channels);
    }

    private void Beat(long now)
    {
        if (_time.GetElapsedTime(_lastBeat, now) < _timing.HeartbeatInterval) return;
        _lastBeat = now;
        foreach (var peer in _peers) peer.Tell(ControlKind.Heartbeat, _rank, _sequence);
    }

    private void CheckSilence(long now)
    {
        foreach (var peer in _peers)
        {
            var silence = _time.GetElapsedTime(peer.LastHeard, now);
            if (silence > _timing.SilenceTimeout && !peer.HasLeft)
                throw new CollectiveException($"{peer} has been silent for {silence.TotalSeconds:0.0} s.", peer.Rank);
        }
    }

    private void CheckProgress(long now, Channel[] channels)
    {
        if (_moved || !_inOperation)
        {
            _lastMove = now;
            _moved = false;
            return;
        }
        var standstill = _time.GetElapsedTime(_lastMove, now);
        if (standstill > _longestWait) _longestWait = standstill;
        if (standstill <= _limit.Current) return;
        // the rank that has not come is to blame; those that wait with us are not, unless nobody else can be found
        var culprit = Array.Find(_peers, peer => peer.Sequence < _sequence && !peer.HasLeft);
        if (culprit is null && standstill > 2 * _limit.Current) culprit = Array.Find(channels, channel => channel.WantsToReceive || channel.WantsToSend)?.Peer;
        if (culprit is null) return;
        throw new CollectiveException(
            $"{culprit} lives but has not come along for {standstill.TotalSeconds:0.0} s in operation {_sequence} (it is at operation {culprit.Sequence}).",
            culprit.Rank);
    }
}
