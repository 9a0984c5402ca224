using System.Diagnostics;
using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>
/// Who sends what when data goes round the ring, for one rank. In step s a rank sends the part that it received (and combined)
/// in step s - 1: an all-reduce is a reduce-scatter (world - 1 steps that combine) followed by an all-gather (world - 1 that
/// store) in the same numbering. A broadcast is a chain with one step.
/// <para>
/// Parts are cut into lanes, and lanes into blocks so small that what one step has touched is still in the cache in the next.
/// Two blocks go round together: while one waits for its neighbours the other one has bytes to send. A (block, step) is a turn.
/// </para>
/// </summary>
internal sealed unsafe class RingPlan(int rank, int world) : IDisposable
{
    // cuts begin on multiples of this many elements
    private const long Grain = 64;

    // a part goes in about eight blocks: large enough to be worth a wake-up, small enough for the cache
    private const int BlocksWanted = 8;
    private const long SmallestBlock = 64 * 1024;
    private const long LargestBlock = 256 * 1024;

    private readonly RingScratch _scratch = new();
    private Operation _operation = null!;
    private int _blocks;
    private int _sendSteps;
    private int _receiveSteps;

    public int Lanes { get; private set; }

    public int SendTurns => _blocks * _sendSteps;

    public int ReceiveTurns => _blocks * _receiveSteps;

    public OperationHeader Header { get; private set; }

    public ElementType Type => _operation.Type;

    public ReduceOp Reduce => _operation.Reduce;

    private bool UsesScratch => _operation.Kind == OperationKind.ReduceScatter && world > 2;

    public void Set(Operation operation, long generation, int lanes)
    {
        _operation = operation;
        Lanes = lanes;
        Header = OperationHeader.Of(operation, generation);
        long longest = 0;
        for (int part = 0; part < world; part++) longest = Math.Max(longest, Length(part));
        long longestCut = longest * Type.Size() / lanes;
        _blocks = (int)Math.Max(1, longestCut / Math.Clamp(longestCut / BlocksWanted, SmallestBlock, LargestBlock));
        switch (operation.Kind)
        {
            case OperationKind.AllReduce:
                _sendSteps = _receiveSteps = 2 * (world - 1);
                break;
            case OperationKind.ReduceScatter:
            case OperationKind.AllGather:
                _sendSteps = _receiveSteps = world - 1;
                break;
            case OperationKind.Broadcast:
                _blocks = 1;
                _sendSteps = (rank + 1) % world == operation.Root ? 0 : 1;
                _receiveSteps = rank == operation.Root ? 0 : 1;
                break;
            default:
                throw new UnreachableException($"{operation.Kind} does not go round the ring");
        }
        // a cut may be longer than its share by the grain
        if (UsesScratch) _scratch.Reserve(lanes, ((longest / (lanes * _blocks)) + (2 * Grain)) * Type.Size());
    }

    /// <summary>The receive turn that must have brought the bytes which this send turn passes on; negative: they were here from the start.</summary>
    public int SourceOf(int sendTurn)
    {
        if (_operation.Kind == OperationKind.Broadcast) return ReceiveTurns - 1;
        var (block, step) = Locate(sendTurn, _sendSteps);
        return step == 0 ? -1 : Turn(block, step - 1);
    }

    /// <summary>The send turn that must be over before this receive turn may overwrite scratch; negative: none.</summary>
    public int LastUseBefore(int receiveTurn)
    {
        if (!UsesScratch) return -1;
        var (block, step) = Locate(receiveTurn, _receiveSteps);
        if (step == world - 2) return -1;
        if (step >= 2) return Turn(block, step - 1);
        return block >= 2 ? Turn(block - 2, world - 2) : -1;
    }

    public Segment ToSend(int turn, int lane)
    {
        var (block, step) = Locate(turn, _sendSteps);
        switch (_operation.Kind)
        {
            case OperationKind.AllReduce:
                return Slice(_operation.Input, Part(rank - step), lane, block);
            case OperationKind.ReduceScatter:
                var segment = Slice(_operation.Input, Part(rank - 1 - step), lane, block);
                return step == 0 ? segment : segment with { Address = _scratch.Place(lane, block, step - 1) };
            case OperationKind.AllGather when step == 0:
                return Cut(_operation.Input.Address, 0, Length(rank), lane, block);
            case OperationKind.AllGather:
                return Slice(_operation.Output, Part(rank - step), lane, block);
            default:
                return Cut(_operation.Input.Address, 0, _operation.Count, lane, block);
        }
    }

    public Segment ToReceive(int turn, int lane)
    {
        var (block, step) = Locate(turn, _receiveSteps);
        switch (_operation.Kind)
        {
            case OperationKind.AllReduce:
                var segment = Slice(_operation.Input, Part(rank - step - 1), lane, block);
                return step < world - 1 ? segment with { Own = segment.Address } : segment;
            case OperationKind.ReduceScatter:
                var own = Slice(_operation.Input, Part(rank - 2 - step), lane, block);
                nint result = step == world - 2 ? Cut(_operation.Output.Address, 0, Length(rank), lane, block).Address : _scratch.Place(lane, block, step);
                return own with { Address = result, Own = own.Address };
            case OperationKind.AllGather:
                return Slice(_operation.Output, Part(rank - step - 1), lane, block);
            default:
                return Cut(_operation.Output.Address, 0, _operation.Count, lane, block);
        }
    }

    public void Dispose() => _scratch.Dispose();

    // turns of an even number of blocks alternate between two blocks; the last one of an odd number goes alone
    private (int Block, int Step) Locate(int turn, int steps)
    {
        int pair = turn / (2 * steps), within = turn % (2 * steps);
        return 2 * pair == _blocks - 1 ? (2 * pair, within) : ((2 * pair) + (within & 1), within >> 1);
    }

    private int Turn(int block, int step)
    {
        int before = (block >> 1) * 2 * _receiveSteps;
        return (block | 1) == _blocks ? before + step : before + (2 * step) + (block & 1);
    }

    // arguments reach down to -2 * world
    private int Part(int index) => (index + (2 * world)) % world;

    private long Length(int part) => _operation.Offsets[part + 1] - _operation.Offsets[part];

    private Segment Slice(DeviceBuffer buffer, int part, int lane, int block) => Cut(buffer.Address, _operation.Offsets[part], Length(part), lane, block);

    private Segment Cut(nint address, long offset, long count, int lane, int block)
    {
        int cut = (lane * _blocks) + block;
        long begin = Boundary(count, cut), end = Boundary(count, cut + 1);
        int size = Type.Size();
        return new Segment(address + (nint)((offset + begin) * size), 0, (end - begin) * size);
    }

    private long Boundary(long count, int cut)
    {
        int cuts = Lanes * _blocks;
        return cut == cuts ? count : count * cut / cuts / Grain * Grain;
    }
}
