using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Nccl;

/// <summary>
/// An ncclComm_t in non-blocking mode: calls may answer "in progress", and then the communicator must be asked until it has
/// another answer before it takes the next call.
/// </summary>
internal sealed unsafe class Communicator : SafeHandle
{
    private readonly NcclLibrary _nccl;
    private bool _finalized;

    public Communicator(NcclLibrary nccl, nint communicator)
        : base(0, ownsHandle: true)
    {
        _nccl = nccl;
        SetHandle(communicator);
    }

    public override bool IsInvalid => handle == 0;

    public nint Value => handle;

    /// <summary>What the communicator says about itself now.</summary>
    public NcclResult State
    {
        get
        {
            NcclResult state;
            var result = _nccl.CommGetAsyncError(handle, &state);
            return result == NcclResult.Success ? state : result;
        }
    }

    /// <summary>Waits until the communicator is no longer busy.</summary>
    /// <param name="call">For the message.</param>
    /// <param name="checkpoint">Called between questions; throws to give up.</param>
    public void Settle(string call, Action checkpoint)
    {
        var spin = default(SpinWait);
        NcclResult state;
        while ((state = State) == NcclResult.InProgress)
        {
            checkpoint();
            spin.SpinOnce();
        }
        _nccl.ThrowIfFailed(state, call, handle);
    }

    /// <summary>Ends in peace: what is under way is completed. All ranks do this.</summary>
    public void Finalize(Action checkpoint)
    {
        _nccl.ThrowIfFailed(_nccl.CommFinalize(handle), "ncclCommFinalize", handle);
        Settle("ncclCommFinalize", checkpoint);
        _finalized = true;
    }

    protected override bool ReleaseHandle() => (_finalized ? _nccl.CommDestroy(handle) : _nccl.CommAbort(handle)) is NcclResult.Success or NcclResult.InProgress;
}
