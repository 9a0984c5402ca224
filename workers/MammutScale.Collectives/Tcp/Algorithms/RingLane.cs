using System.Runtime.InteropServices;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>
/// One lane of a pass round the ring: a stream of segments to the next rank and one from the previous rank. Bytes are passed
/// on as soon as they are there, so the steps overlap without any fixed chunk size. Never blocks.
/// </summary>
internal sealed unsafe class RingLane : IDisposable
{
    private const int HeaderTurn = -1;

    private readonly RingPlan _plan;
    private readonly int _lane;
    private readonly Channel _next;
    private readonly Channel _previous;
    private readonly OperationHeader* _headers = (OperationHeader*)NativeMemory.AlignedAlloc(4 * OperationHeader.Bytes, 64);
    private int _sendTurn;
    private long _sent;
    private int _receiveTurn;
    private long _received;

    public RingLane(RingPlan plan, int lane, Channel next, Channel previous) => (_plan, _lane, _next, _previous) = (plan, lane, next, previous);

    public bool Done => SendDone && ReceiveDone;

    private bool SendDone => _sendTurn > _plan.SendTurns;

    private bool ReceiveDone => _receiveTurn > _plan.ReceiveTurns;

    private OperationHeader* OutgoingBegin => _headers;

    private OperationHeader* OutgoingEnd => _headers + 1;

    private OperationHeader* Incoming => _headers + 2;

    public void Begin()
    {
        *OutgoingBegin = *OutgoingEnd = _plan.Header;
        OutgoingEnd->Mark = OperationHeader.EndMark;
        _sendTurn = _plan.SendTurns == 0 ? 1 : HeaderTurn;
        _receiveTurn = _plan.ReceiveTurns == 0 ? 1 : HeaderTurn;
        _sent = _received = 0;
    }

    /// <summary>Moves what can be moved now.</summary>
    /// <returns>Whether anything moved. If not, the channels know what they wait for.</returns>
    public bool Advance()
    {
        bool received = Receive();
        return Send() | received;
    }

    private bool Send()
    {
        bool moved = false;
        _next.WantsToSend = false;
        while (!SendDone)
        {
            var segment = _sendTurn == HeaderTurn ? Framing(OutgoingBegin) : _sendTurn == _plan.SendTurns ? Framing(OutgoingEnd) : _plan.ToSend(_sendTurn, _lane);
            long left = Available(segment) - _sent;
            if (left > 0)
            {
                long sent = _next.TrySend(segment.Pointer + _sent, left, more: MoreFollows(_sent + left == segment.Bytes));
                _sent += sent;
                moved |= sent > 0;
                if (sent < left)
                {
                    _next.WantsToSend = true;
                    return moved;
                }
            }
            if (_sent < segment.Bytes) return moved;
            _sendTurn++;
            _sent = 0;
        }
        return moved;
    }

    private bool Receive()
    {
        bool moved = false;
        _previous.WantsToReceive = false;
        while (!ReceiveDone)
        {
            bool framing = _receiveTurn == HeaderTurn || _receiveTurn == _plan.ReceiveTurns;
            var segment = framing ? Framing(Incoming) : _plan.ToReceive(_receiveTurn, _lane);
            if (!framing && MustWaitForScratch) return moved;
            long left = segment.Bytes - _received;
            if (left > 0)
            {
                long received = segment.Own == 0
                    ? _previous.TryReceive(segment.Pointer + _received, left)
                    : _previous.TryCombine(segment.Pointer + _received, segment.OwnPointer + _received, left, _plan.Type, _plan.Reduce);
                _received += received;
                moved |= received > 0;
                if (received < left)
                {
                    _previous.WantsToReceive = true;
                    return moved;
                }
            }
            if (framing) Check();
            _receiveTurn++;
            _received = 0;
        }
        return moved;
    }

    private bool MustWaitForScratch => _plan.LastUseBefore(_receiveTurn) is >= 0 and var last && _sendTurn <= last;

    // bytes that are announced and do not come hold back those before them, for 200 ms: only announce what is surely here
    private bool MoreFollows(bool toTheEnd) => toTheEnd && (_sendTurn == HeaderTurn ? _plan.SourceOf(0) < 0 : _sendTurn == _plan.SendTurns - 1);

    /// <summary>How much of an outgoing segment is here already.</summary>
    private long Available(in Segment segment)
    {
        if (_sendTurn == HeaderTurn || _sendTurn == _plan.SendTurns) return segment.Bytes;
        int source = _plan.SourceOf(_sendTurn);
        if (source < 0 || _receiveTurn > source) return segment.Bytes;
        return _receiveTurn == source ? _received : 0;
    }

    private void Check()
    {
        var expected = _receiveTurn == HeaderTurn ? OutgoingBegin : OutgoingEnd;
        if (new ReadOnlySpan<byte>(Incoming, OperationHeader.Bytes).SequenceEqual(new ReadOnlySpan<byte>(expected, OperationHeader.Bytes))) return;
        throw new PeerLostException(_previous.Peer, expected->Complain(*Incoming));
    }

    private static Segment Framing(OperationHeader* header) => new((nint)header, 0, OperationHeader.Bytes);

    public void Dispose() => NativeMemory.AlignedFree(_headers);
}
