namespace MammutScale.Collectives.Operations;

/// <summary>
/// One collective operation and, for the caller, the handle to it. Objects are made once and used again: a handle that is
/// kept for longer than <see cref="QueuedGroup.Window"/> operations answers for a later operation, which is never earlier done.
/// </summary>
internal sealed class Operation(QueuedGroup group, int world) : ICollectiveWork
{
    /// <summary>Place in the order of all operations of the group, from 1.</summary>
    public long Sequence { get; private set; }

    public OperationKind Kind { get; private set; }

    public DeviceBuffer Input { get; private set; }

    public DeviceBuffer Output { get; private set; }

    public ReduceOp Reduce { get; private set; }

    public int Root { get; private set; }

    /// <summary>First element of every rank's part, and the total at the end; for scatters and gathers.</summary>
    public long[] Offsets { get; } = new long[world + 1];

    public ElementType Type => Input.Type;

    /// <summary>Elements of the whole, undivided buffer.</summary>
    public long Count => Kind switch
    {
        OperationKind.AllGather => Output.Count,
        _ => Input.Count,
    };

    public bool IsCompleted => group.HasEnded(Sequence);

    public void Wait() => group.WaitFor(Sequence);

    public void Set(long sequence, OperationKind kind, DeviceBuffer input, DeviceBuffer output, ReduceOp reduce, int root, ReadOnlySpan<long> counts)
    {
        (Sequence, Kind, Input, Output, Reduce, Root) = (sequence, kind, input, output, reduce, root);
        long whole = kind is OperationKind.AllGather ? output.Count : input.Count;
        long offset = 0;
        for (int r = 0; r < world; r++)
        {
            Offsets[r] = offset;
            offset += counts.IsEmpty ? Parts.Even(whole, world, r) : counts[r];
        }
        Offsets[world] = offset;
    }

    /// <summary>What the operation is, for messages: "all-reduce 17 (sum of 1024 Float32)".</summary>
    public string Describe() => Describe(Sequence, Kind, Count, Type);

    public static string Describe(long sequence, OperationKind kind, long count, ElementType type) => kind switch
    {
        OperationKind.Barrier => $"operation {sequence} (Barrier)",
        _ => $"operation {sequence} ({kind} of {count} {type})",
    };
}
