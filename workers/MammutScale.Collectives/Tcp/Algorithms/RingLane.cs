using System.Runtime.InteropServices;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>
/// One lane of a pass round the ring: a stream of segments to the next rank and one from the previous rank. Bytes are passed
/// on as soon as they are there, so the steps overlap without any fixed chunk size. Never blocks.
/// </summary>
internal sealed unsafe class RingLane : IDisposable
{
    private const int HeaderStep = -1;

    private readonly RingPlan _plan;
    private readonly int _lane;
    private readonly Channel _next;
    private readonly Channel _previous;
    private readonly OperationHeader* _headers = (OperationHeader*)NativeMemory.AlignedAlloc(4 * OperationHeader.Bytes, 64);
    private int _sendStep;
    private long _sent;
    private int _receiveStep;
    private long _received;

    public RingLane(RingPlan plan, int lane, Channel next, Channel previous) => (_plan, _lane, _next, _previous) = (plan, lane, next, previous);

    public bool Done => SendDone && ReceiveDone;

    private bool SendDone => _sendStep > _plan.SendSteps;

    private bool ReceiveDone => _receiveStep > _plan.ReceiveSteps;

    private OperationHeader* OutgoingBegin => _headers;

    private OperationHeader* OutgoingEnd => _headers + 1;

    private OperationHeader* Incoming => _headers + 2;

    public void Begin()
    {
        *OutgoingBegin = *OutgoingEnd = _plan.Header;
        OutgoingEnd->Mark = OperationHeader.EndMark;
        _sendStep = _plan.SendSteps == 0 ? 1 : HeaderStep;
        _receiveStep = _plan.ReceiveSteps == 0 ? 1 : HeaderStep;
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
            var segment = _sendStep == HeaderStep ? Framing(OutgoingBegin) : _sendStep == _plan.SendSteps ? Framing(OutgoingEnd) : _plan.ToSend(_sendStep, _lane);
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
            _sendStep++;
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
            bool framing = _receiveStep == HeaderStep || _receiveStep == _plan.ReceiveSteps;
            var segment = framing ? Framing(Incoming) : _plan.ToReceive(_receiveStep, _lane);
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
            _receiveStep++;
            _received = 0;
        }
        return moved;
    }

    private bool MustWaitForScratch => _plan.AlternatesScratch && _receiveStep < _plan.ReceiveSteps - 1 && _sendStep <= _receiveStep - 1;

    // bytes that are announced and do not come hold back those before them, for 200 ms: only announce what is surely here
    private bool MoreFollows(bool toTheEnd) => toTheEnd && (_sendStep == HeaderStep ? _plan.SourceOf(0) < 0 : _sendStep == _plan.SendSteps - 1);

    /// <summary>How much of an outgoing segment is here already.</summary>
    private long Available(in Segment segment)
    {
        if (_sendStep == HeaderStep || _sendStep == _plan.SendSteps) return segment.Bytes;
        int source = _plan.SourceOf(_sendStep);
        if (source < 0 || _receiveStep > source) return segment.Bytes;
        return _receiveStep == source ? _received : 0;
    }

    private void Check()
    {
        var expected = _receiveStep == HeaderStep ? OutgoingBegin : OutgoingEnd;
        if (new ReadOnlySpan<byte>(Incoming, OperationHeader.Bytes).SequenceEqual(new ReadOnlySpan<byte>(expected, OperationHeader.Bytes))) return;
        throw new PeerLostException(_previous.Peer, expected->Complain(*Incoming));
    }

    private static Segment Framing(OperationHeader* header) => new((nint)header, 0, OperationHeader.Bytes);

    public void Dispose() => NativeMemory.AlignedFree(_headers);
}
