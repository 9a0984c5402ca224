using MammutScale.Collectives;

namespace MammutScale.Training.Tests.Support;

/// <summary>A group that tells how many operations its rank has begun.</summary>
internal sealed class CountedGroup(ICollectives inner) : ICollectives
{
    private long _begun;

    public long Begun => Interlocked.Read(ref _begun);

    public int Rank => inner.Rank;

    public int WorldSize => inner.WorldSize;

    public string Backend => inner.Backend;

    public ICollectives Host => this;

    public ICollectiveWork AllReduce(DeviceBuffer buffer, ReduceOp op = ReduceOp.Sum) => Counted().AllReduce(buffer, op);

    public ICollectiveWork ReduceScatter(DeviceBuffer input, DeviceBuffer output, ReduceOp op = ReduceOp.Sum, ReadOnlySpan<long> counts = default) => Counted().ReduceScatter(input, output, op, counts);

    public ICollectiveWork AllGather(DeviceBuffer input, DeviceBuffer output, ReadOnlySpan<long> counts = default) => Counted().AllGather(input, output, counts);

    public ICollectiveWork Broadcast(DeviceBuffer buffer, int root) => Counted().Broadcast(buffer, root);

    public ICollectiveWork Barrier() => Counted().Barrier();

    public void Settle() => inner.Settle();

    public void Abort(string reason) => inner.Abort(reason);

    public void Dispose() => inner.Dispose();

    private ICollectives Counted()
    {
        Interlocked.Increment(ref _begun);
        return inner;
    }
}
