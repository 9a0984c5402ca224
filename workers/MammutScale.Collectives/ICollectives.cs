namespace MammutScale.Collectives;

/// <summary>The element type of a buffer that a collective moves.</summary>
public enum ElementType
{
    Float32,
    BFloat16,
    Int64,
    UInt8,
}

/// <summary>How an all-reduce or reduce-scatter combines the ranks' values.</summary>
public enum ReduceOp
{
    Sum,
    Max,
    Min,
}

/// <summary>Memory that a collective reads or writes: host memory for TCP and in-process groups, device memory for NCCL.</summary>
/// <param name="Address">Address of the first element. The owner keeps the memory alive and in place until the work has been waited for.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Type">Element type.</param>
public readonly record struct DeviceBuffer(nint Address, long Count, ElementType Type)
{
    /// <summary>The buffer that covers <paramref name="count"/> elements from element <paramref name="offset"/> on.</summary>
    public DeviceBuffer Slice(long offset, long count) => new(Address + (nint)(offset * Type.Size()), count, Type);

    public long Bytes => Count * Type.Size();
}

/// <summary>
/// A group of ranks that compute together. Every rank must start the same operations in the same order; they run in that
/// order on the group's own thread or stream. Any failure (a dead or silent peer, garbage on the wire, an abort) fails every
/// pending and later operation with a <see cref="CollectiveException"/> that names the rank.
/// </summary>
public interface ICollectives : IDisposable
{
    int Rank { get; }

    int WorldSize { get; }

    /// <summary>"tcp", "nccl" or "in-process".</summary>
    string Backend { get; }

    /// <summary>The same ranks over host memory: the group itself, or what controls a group of devices. Its operations keep an order of their own.</summary>
    ICollectives Host { get; }

    /// <summary>Combines <paramref name="buffer"/> over all ranks, in place.</summary>
    ICollectiveWork AllReduce(DeviceBuffer buffer, ReduceOp op = ReduceOp.Sum);

    /// <summary>
    /// Combines <paramref name="input"/> over all ranks and leaves this rank's part in <paramref name="output"/>.
    /// <paramref name="counts"/> holds the elements of every rank's part (empty: equal parts); their sum is the input's count.
    /// </summary>
    ICollectiveWork ReduceScatter(DeviceBuffer input, DeviceBuffer output, ReduceOp op = ReduceOp.Sum, ReadOnlySpan<long> counts = default);

    /// <summary>
    /// Lays the ranks' inputs one after another into <paramref name="output"/>, in rank order.
    /// <paramref name="counts"/> holds the elements that every rank gives (empty: equal). The input may lie inside the output at its place.
    /// </summary>
    ICollectiveWork AllGather(DeviceBuffer input, DeviceBuffer output, ReadOnlySpan<long> counts = default);

    /// <summary>Copies <paramref name="buffer"/> of rank <paramref name="root"/> to all ranks.</summary>
    ICollectiveWork Broadcast(DeviceBuffer buffer, int root);

    /// <summary>Done when every rank has come here.</summary>
    ICollectiveWork Barrier();

    /// <summary>
    /// The host waits until everything that this rank has started is done, on the device too. What has been computed from
    /// results before may be kept only after this: a device goes on with whatever is in memory when its group fails.
    /// </summary>
    /// <exception cref="CollectiveException">The group failed.</exception>
    void Settle();

    /// <summary>Fails every pending and later operation of this rank at once, from any thread.</summary>
    void Abort(string reason);
}

/// <summary>An operation under way.</summary>
public interface ICollectiveWork
{
    bool IsCompleted { get; }

    /// <summary>
    /// Returns when the result may be used: host memory is then final; device memory is final for work enqueued afterwards on the compute stream.
    /// </summary>
    /// <exception cref="CollectiveException">The group failed.</exception>
    void Wait();
}

/// <summary>The group cannot go on; <see cref="FailedRank"/> says whose fault it is, when that is known.</summary>
public sealed class CollectiveException(string message, int? failedRank = null, Exception? inner = null) : Exception(message, inner)
{
    public int? FailedRank { get; } = failedRank;
}

public static class ElementTypes
{
    /// <summary>Size of an element in bytes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float32 => 4,
        ElementType.BFloat16 => 2,
        ElementType.Int64 => 8,
        _ => 1,
    };
}
