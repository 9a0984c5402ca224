using System.Diagnostics;
using System.Runtime.InteropServices;
using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>
/// Who sends what in which step when data goes round the ring, for one rank. In step s a rank sends the part that it received
/// (and combined) in step s - 1: an all-reduce is a reduce-scatter (world - 1 steps that combine) followed by an all-gather
/// (world - 1 that store) in the same numbering. A broadcast is a chain with one step. Every segment is cut into lanes.
/// </summary>
internal sealed unsafe class RingPlan(int rank, int world) : IDisposable
{
    // slices of lanes begin on multiples of this many elements
    private const long Grain = 64;

    private Operation _operation = null!;
    private byte* _scratch;
    private long _scratchBytes;
    private long _scratchHalf;

    public int Lanes { get; private set; }

    public int SendSteps { get; private set; }

    public int ReceiveSteps { get; private set; }

    public OperationHeader Header { get; private set; }

    public ElementType Type => _operation.Type;

    public ReduceOp Reduce => _operation.Reduce;

    /// <summary>Intermediate results alternate between two halves of a scratch buffer, so a half must have been sent before it is filled again.</summary>
    public bool AlternatesScratch { get; private set; }

    public void Set(Operation operation, long generation, int lanes)
    {
        _operation = operation;
        Lanes = lanes;
        Header = OperationHeader.Of(operation, generation);
        AlternatesScratch = false;
        switch (operation.Kind)
        {
            case OperationKind.AllReduce:
                SendSteps = ReceiveSteps = 2 * (world - 1);
                break;
            case OperationKind.ReduceScatter:
                SendSteps = ReceiveSteps = world - 1;
                AlternatesScratch = world > 2;
                if (AlternatesScratch) ReserveScratch();
                break;
            case OperationKind.AllGather:
                SendSteps = ReceiveSteps = world - 1;
                break;
            case OperationKind.Broadcast:
                SendSteps = Next(rank) == operation.Root ? 0 : 1;
                ReceiveSteps = rank == operation.Root ? 0 : 1;
                break;
            default:
                throw new UnreachableException($"{operation.Kind} does not go round the ring");
        }
    }

    /// <summary>The receive step that must have brought the bytes which this send step passes on; negative: they were here from the start.</summary>
    public int SourceOf(int sendStep) => _operation.Kind == OperationKind.Broadcast ? ReceiveSteps - 1 : sendStep - 1;

    public Segment ToSend(int step, int lane)
    {
        switch (_operation.Kind)
        {
            case OperationKind.AllReduce:
                return Slice(_operation.Input, Part(rank - step), lane);
            case OperationKind.ReduceScatter:
                int part = Part(rank - 1 - step);
                return step == 0 ? Slice(_operation.Input, part, lane) : Cut(Scratch(step - 1), 0, Length(part), lane);
            case OperationKind.AllGather:
                return step == 0 ? Cut(_operation.Input.Address, 0, Length(rank), lane) : Slice(_operation.Output, Part(rank - step), lane);
            default:
                return Cut(_operation.Input.Address, 0, _operation.Count, lane);
        }
    }

    public Segment ToReceive(int step, int lane)
    {
        switch (_operation.Kind)
        {
            case OperationKind.AllReduce:
                var segment = Slice(_operation.Input, Part(rank - step - 1), lane);
                return step < world - 1 ? segment with { Own = segment.Address } : segment;
            case OperationKind.ReduceScatter:
                int part = Part(rank - 2 - step);
                nint destination = step == world - 2 ? _operation.Output.Address : Scratch(step);
                return Cut(destination, 0, Length(part), lane) with { Own = Slice(_operation.Input, part, lane).Address };
            case OperationKind.AllGather:
                return Slice(_operation.Output, Part(rank - step - 1), lane);
            default:
                return Cut(_operation.Output.Address, 0, _operation.Count, lane);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_scratch);
        _scratch = null;
    }

    private int Next(int of) => of + 1 == world ? 0 : of + 1;

    // arguments reach down to -2 * world
    private int Part(int index) => (index + 2 * world) % world;

    private long Length(int part) => _operation.Offsets[part + 1] - _operation.Offsets[part];

    private Segment Slice(DeviceBuffer buffer, int part, int lane) => Cut(buffer.Address, _operation.Offsets[part], Length(part), lane);

    private Segment Cut(nint address, long offset, long count, int lane)
    {
        long begin = Boundary(count, lane), end = Boundary(count, lane + 1);
        int size = Type.Size();
        return new Segment(address + (nint)((offset + begin) * size), 0, (end - begin) * size);
    }

    private long Boundary(long count, int lane) => lane == Lanes ? count : count * lane / Lanes / Grain * Grain;

    private nint Scratch(int step) => (nint)(_scratch + ((step & 1) * _scratchHalf));

    private void ReserveScratch()
    {
        long longest = 0;
        for (int part = 0; part < world; part++) longest = Math.Max(longest, Length(part));
        _scratchHalf = ((longest * Type.Size()) + 63) / 64 * 64;
        if (2 * _scratchHalf <= _scratchBytes) return;
        NativeMemory.AlignedFree(_scratch);
        _scratchBytes = 2 * _scratchHalf;
        _scratch = (byte*)NativeMemory.AlignedAlloc((nuint)_scratchBytes, 64);
    }
}
