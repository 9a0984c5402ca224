using MammutScale.Collectives.Operations;
using MammutScale.Collectives.Reduction;

namespace MammutScale.Collectives.InProcess;

/// <summary>
/// Every operation in two halves with a barrier between: a rank first combines the part that it owns out of all ranks'
/// memory, then copies the parts that the others own. Nobody reads what another one writes within a half.
/// </summary>
internal static unsafe class MeetingWork
{
    public static void FirstHalf(Operation operation, Operation[] all, int rank)
    {
        switch (operation.Kind)
        {
            case OperationKind.AllReduce:
                CombinePart(all, rank, operation.Input.Slice(operation.Offsets[rank], Length(operation, rank)));
                break;
            case OperationKind.ReduceScatter:
                CombinePart(all, rank, operation.Output);
                break;
            case OperationKind.AllGather:
                Copy(operation.Input, operation.Output.Slice(operation.Offsets[rank], operation.Input.Count));
                break;
            default:
                break;
        }
    }

    public static void SecondHalf(Operation operation, Operation[] all, int rank)
    {
        switch (operation.Kind)
        {
            case OperationKind.AllReduce:
            case OperationKind.AllGather:
                for (int other = 0; other < all.Length; other++)
                {
                    if (other == rank) continue;
                    long offset = operation.Offsets[other], length = Length(operation, other);
                    Copy(all[other].Output.Slice(offset, length), operation.Output.Slice(offset, length));
                }
                break;
            case OperationKind.Broadcast when rank != operation.Root:
                Copy(all[operation.Root].Input, operation.Output);
                break;
            default:
                break;
        }
    }

    private static long Length(Operation operation, int rank) => operation.Offsets[rank + 1] - operation.Offsets[rank];

    private static void CombinePart(Operation[] all, int rank, DeviceBuffer result)
    {
        long offset = all[rank].Offsets[rank];
        Copy(all[rank].Input.Slice(offset, result.Count), result);
        for (int step = 1; step < all.Length; step++)
        {
            var part = all[(rank + step) % all.Length].Input.Slice(offset, result.Count);
            Reducer.Combine((byte*)result.Address, (byte*)result.Address, (byte*)part.Address, result.Count, result.Type, all[rank].Reduce);
        }
    }

    private static void Copy(DeviceBuffer source, DeviceBuffer destination)
    {
        if (source.Address != destination.Address)
            Buffer.MemoryCopy((void*)source.Address, (void*)destination.Address, destination.Bytes, source.Bytes);
    }
}
