namespace MammutScale.Collectives.Nccl;

/// <summary>
/// The ways to a communicator: new, shrunk and grown. The unique id travels through the control group, whose peers have proven
/// themselves; and all ranks agree there on what their libraries can do before any of them begins.
/// </summary>
internal sealed unsafe class NcclSetUp(NcclRuntime runtime, NcclGroupOptions options, QueuedGroup control, CancellationToken cancellation)
{
    private readonly NcclLibrary _nccl = runtime.Nccl;
    private readonly long _begin = options.Time.GetTimestamp();

    public Communicator New()
    {
        NcclUniqueId id = default;
        if (control.Rank == 0) _nccl.ThrowIfFailed(_nccl.GetUniqueId(&id), "ncclGetUniqueId");
        Share(ref id);
        var config = NcclConfig.NonBlocking;
        nint communicator;
        var result = _nccl.CommInitRankConfig(&communicator, control.WorldSize, id, control.Rank, &config);
        return Settled(result, communicator, "ncclCommInitRankConfig");
    }

    /// <summary>Null on all ranks when the library of one of them cannot.</summary>
    public Communicator? Shrink(Communicator? parent, ReadOnlySpan<int> lost)
    {
        if (!AllCan(parent is not null && _nccl.CommShrink != null)) return null;
        var config = NcclConfig.NonBlocking;
        nint communicator;
        fixed (int* ranks = lost)
        {
            var result = _nccl.CommShrink(parent!.Value, ranks, lost.Length, &communicator, &config, NcclConstants.ShrinkAbort);
            if (result == NcclResult.InProgress) parent.Settle("ncclCommShrink", Checkpoint);
            return Settled(result, communicator, "ncclCommShrink");
        }
    }

    /// <summary>Null on all ranks when the library of one of them cannot. Newcomers have no parent; rank 0 is none of them.</summary>
    public Communicator? Grow(Communicator? parent, bool newcomer)
    {
        if (!AllCan((parent is not null || newcomer) && _nccl.CanGrow)) return null;
        NcclUniqueId id = default;
        if (control.Rank == 0)
        {
            var made = _nccl.CommGetUniqueId(parent!.Value, &id);
            _nccl.ThrowIfFailed(made, "ncclCommGetUniqueId", parent.Value);
            if (made == NcclResult.InProgress) parent.Settle("ncclCommGetUniqueId", Checkpoint);
        }
        Share(ref id);
        var config = NcclConfig.NonBlocking;
        nint communicator;
        // of the ranks that were there before only the one that made the id gives it
        bool gives = newcomer || control.Rank == 0;
        var result = _nccl.CommGrow(parent?.Value ?? 0, control.WorldSize, gives ? &id : null, newcomer ? control.Rank : -1, &communicator, &config);
        if (result == NcclResult.InProgress) parent?.Settle("ncclCommGrow", Checkpoint);
        return Settled(result, communicator, "ncclCommGrow");
    }

    /// <summary>Throws when there is no sense in waiting on.</summary>
    public void Checkpoint()
    {
        cancellation.ThrowIfCancellationRequested();
        if (control.Failed.IsCompleted) throw new CollectiveException(control.Failed.Result.Message, control.Failed.Result.FailedRank, control.Failed.Result);
        if (options.Time.GetElapsedTime(_begin) > options.SetUpTimeout)
            throw new CollectiveException($"NCCL did not connect rank {control.Rank} with the {control.WorldSize - 1} others within {options.SetUpTimeout.TotalSeconds:0} s.");
    }

    private Communicator Settled(NcclResult result, nint value, string call)
    {
        _nccl.ThrowIfFailed(result, call);
        var communicator = new Communicator(_nccl, value);
        try
        {
            communicator.Settle(call, Checkpoint);
            return communicator;
        }
        catch
        {
            communicator.Dispose();
            throw;
        }
    }

    private void Share(ref NcclUniqueId id)
    {
        fixed (NcclUniqueId* place = &id) control.Broadcast(new DeviceBuffer((nint)place, NcclUniqueId.Bytes, ElementType.UInt8), root: 0).Wait();
    }

    private bool AllCan(bool can)
    {
        long all = can ? 1 : 0;
        control.AllReduce(new DeviceBuffer((nint)(&all), 1, ElementType.Int64), ReduceOp.Min).Wait();
        return all == 1;
    }
}
