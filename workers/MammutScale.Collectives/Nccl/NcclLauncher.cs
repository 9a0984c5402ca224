using System.Diagnostics;
using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives.Nccl;

/// <summary>Turns an operation into calls of the library. What NCCL has no single call for is a group of calls: parts of unequal size.</summary>
internal sealed unsafe class NcclLauncher(NcclLibrary nccl, int rank, int world)
{
    private readonly long[] _offsets = new long[world + 1];

    public NcclResult Launch(
        OperationKind kind, DeviceBuffer input, DeviceBuffer output, ReduceOp op, int root, ReadOnlySpan<long> counts, nint communicator, nint stream)
    {
        int type = input.Type.DataType();
        switch (kind)
        {
            case OperationKind.AllReduce:
                return nccl.AllReduce(input.Address, output.Address, (nuint)input.Count, type, op.Operation(), communicator, stream);
            case OperationKind.Broadcast:
                return nccl.Broadcast(input.Address, output.Address, (nuint)input.Count, type, root, communicator, stream);
            case OperationKind.ReduceScatter when AreEqual(counts):
                return nccl.ReduceScatter(input.Address, output.Address, (nuint)output.Count, type, op.Operation(), communicator, stream);
            case OperationKind.AllGather when AreEqual(counts):
                return nccl.AllGather(input.Address, output.Address, (nuint)input.Count, type, communicator, stream);
            case OperationKind.ReduceScatter:
                SetOffsets(counts);
                return Grouped(part => nccl.Reduce(
                    input.Slice(_offsets[part], 0).Address, part == rank ? output.Address : 0, Length(part), type, op.Operation(), part, communicator, stream));
            case OperationKind.AllGather:
                SetOffsets(counts);
                return Grouped(part =>
                {
                    nint place = output.Slice(_offsets[part], 0).Address;
                    // only the root's send buffer counts, but the library may look at all
                    return nccl.Broadcast(part == rank ? input.Address : place, place, Length(part), type, part, communicator, stream);
                });
            default:
                throw new UnreachableException($"{kind}");
        }
    }

    private NcclResult Grouped(Func<int, NcclResult> call)
    {
        var result = nccl.GroupStart();
        if (result != NcclResult.Success) return result;
        for (int part = 0; part < world && result is NcclResult.Success or NcclResult.InProgress; part++)
        {
            if (Length(part) > 0) result = call(part);
        }
        // a group that was begun is ended, whatever happened in it
        var end = nccl.GroupEnd();
        return result is NcclResult.Success or NcclResult.InProgress ? end : result;
    }

    private nuint Length(int part) => (nuint)(_offsets[part + 1] - _offsets[part]);

    private void SetOffsets(ReadOnlySpan<long> counts)
    {
        for (int r = 0; r < world; r++) _offsets[r + 1] = _offsets[r] + counts[r];
    }

    private static bool AreEqual(ReadOnlySpan<long> counts)
    {
        foreach (long count in counts)
        {
            if (count != counts[0]) return false;
        }
        return true;
    }
}
