using MammutScale.Collectives.Operations;

namespace MammutScale.Collectives;

/// <summary>The operations of <see cref="ICollectives"/>: arguments are checked on the caller's thread, then queued.</summary>
public abstract partial class QueuedGroup
{
    public ICollectiveWork AllReduce(DeviceBuffer buffer, ReduceOp op = ReduceOp.Sum)
    {
        Arguments.Check(buffer, nameof(buffer));
        return Submit(OperationKind.AllReduce, buffer, buffer, op, 0, default);
    }

    public ICollectiveWork ReduceScatter(DeviceBuffer input, DeviceBuffer output, ReduceOp op = ReduceOp.Sum, ReadOnlySpan<long> counts = default)
    {
        Arguments.CheckParts(whole: input, part: output, counts, Rank, WorldSize);
        return Submit(OperationKind.ReduceScatter, input, output, op, 0, counts);
    }

    public ICollectiveWork AllGather(DeviceBuffer input, DeviceBuffer output, ReadOnlySpan<long> counts = default)
    {
        Arguments.CheckParts(whole: output, part: input, counts, Rank, WorldSize);
        return Submit(OperationKind.AllGather, input, output, ReduceOp.Sum, 0, counts);
    }

    public ICollectiveWork Broadcast(DeviceBuffer buffer, int root)
    {
        Arguments.Check(buffer, nameof(buffer));
        Arguments.CheckRoot(root, WorldSize);
        return Submit(OperationKind.Broadcast, buffer, buffer, ReduceOp.Sum, root, default);
    }

    public void Settle()
    {
        long last = Volatile.Read(ref _submitted);
        if (last > 0) WaitFor(last);
    }

    public ICollectiveWork Barrier() => Submit(OperationKind.Barrier, default, default, ReduceOp.Sum, 0, default);
}
