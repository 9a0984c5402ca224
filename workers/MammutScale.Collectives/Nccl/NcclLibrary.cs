using System.Runtime.InteropServices;
using MammutScale.Collectives.Cuda;

namespace MammutScale.Collectives.Nccl;

/// <summary>
/// libnccl.so.2, loaded from where it is. Function pointers instead of attributes: which functions there are depends on the
/// version, and which file it is on the installation.
/// </summary>
internal sealed unsafe class NcclLibrary
{
    public readonly delegate* unmanaged<int*, NcclResult> GetVersion;
    public readonly delegate* unmanaged<NcclUniqueId*, NcclResult> GetUniqueId;
    public readonly delegate* unmanaged<nint*, int, NcclUniqueId, int, NcclConfig*, NcclResult> CommInitRankConfig;
    public readonly delegate* unmanaged<nint, NcclResult*, NcclResult> CommGetAsyncError;
    public readonly delegate* unmanaged<nint, NcclResult> CommFinalize;
    public readonly delegate* unmanaged<nint, NcclResult> CommDestroy;
    public readonly delegate* unmanaged<nint, NcclResult> CommAbort;
    public readonly delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, NcclResult> AllReduce;
    public readonly delegate* unmanaged<nint, nint, nuint, int, int, int, nint, nint, NcclResult> Reduce;
    public readonly delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, NcclResult> ReduceScatter;
    public readonly delegate* unmanaged<nint, nint, nuint, int, nint, nint, NcclResult> AllGather;
    public readonly delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, NcclResult> Broadcast;
    public readonly delegate* unmanaged<NcclResult> GroupStart;
    public readonly delegate* unmanaged<NcclResult> GroupEnd;

    // newer than the oldest library that is supported: null where missing
    public readonly delegate* unmanaged<nint, int*, int, nint*, NcclConfig*, int, NcclResult> CommShrink;
    public readonly delegate* unmanaged<nint, int, NcclResult> CommRevoke;
    public readonly delegate* unmanaged<nint, NcclUniqueId*, NcclResult> CommGetUniqueId;
    public readonly delegate* unmanaged<nint, int, NcclUniqueId*, int, nint*, NcclConfig*, NcclResult> CommGrow;

    private readonly delegate* unmanaged<NcclResult, byte*> _getErrorString;
    private readonly delegate* unmanaged<nint, byte*> _getLastError;

    public NcclLibrary(LoadedLibrary library)
    {
        GetVersion = (delegate* unmanaged<int*, NcclResult>)library.Required("ncclGetVersion");
        GetUniqueId = (delegate* unmanaged<NcclUniqueId*, NcclResult>)library.Required("ncclGetUniqueId");
        CommInitRankConfig = (delegate* unmanaged<nint*, int, NcclUniqueId, int, NcclConfig*, NcclResult>)library.Required("ncclCommInitRankConfig");
        CommGetAsyncError = (delegate* unmanaged<nint, NcclResult*, NcclResult>)library.Required("ncclCommGetAsyncError");
        CommFinalize = (delegate* unmanaged<nint, NcclResult>)library.Required("ncclCommFinalize");
        CommDestroy = (delegate* unmanaged<nint, NcclResult>)library.Required("ncclCommDestroy");
        CommAbort = (delegate* unmanaged<nint, NcclResult>)library.Required("ncclCommAbort");
        AllReduce = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, NcclResult>)library.Required("ncclAllReduce");
        Reduce = (delegate* unmanaged<nint, nint, nuint, int, int, int, nint, nint, NcclResult>)library.Required("ncclReduce");
        ReduceScatter = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, NcclResult>)library.Required("ncclReduceScatter");
        AllGather = (delegate* unmanaged<nint, nint, nuint, int, nint, nint, NcclResult>)library.Required("ncclAllGather");
        Broadcast = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, NcclResult>)library.Required("ncclBroadcast");
        GroupStart = (delegate* unmanaged<NcclResult>)library.Required("ncclGroupStart");
        GroupEnd = (delegate* unmanaged<NcclResult>)library.Required("ncclGroupEnd");
        CommShrink = (delegate* unmanaged<nint, int*, int, nint*, NcclConfig*, int, NcclResult>)library.Optional("ncclCommShrink");
        CommRevoke = (delegate* unmanaged<nint, int, NcclResult>)library.Optional("ncclCommRevoke");
        CommGetUniqueId = (delegate* unmanaged<nint, NcclUniqueId*, NcclResult>)library.Optional("ncclCommGetUniqueId");
        CommGrow = (delegate* unmanaged<nint, int, NcclUniqueId*, int, nint*, NcclConfig*, NcclResult>)library.Optional("ncclCommGrow");
        _getErrorString = (delegate* unmanaged<NcclResult, byte*>)library.Required("ncclGetErrorString");
        _getLastError = (delegate* unmanaged<nint, byte*>)library.Optional("ncclGetLastError");
    }

    /// <summary>22809 is 2.28.9.</summary>
    public int Version
    {
        get
        {
            int version;
            ThrowIfFailed(GetVersion(&version), "ncclGetVersion");
            return version;
        }
    }

    public bool CanShrink => CommShrink != null;

    public bool CanRevoke => CommRevoke != null;

    public bool CanGrow => CommGrow != null && CommGetUniqueId != null;

    public void ThrowIfFailed(NcclResult result, string call, nint communicator = 0)
    {
        if (result is NcclResult.Success or NcclResult.InProgress) return;
        throw new CollectiveException($"{call} failed: {Describe(result, communicator)}.");
    }

    public string Describe(NcclResult result, nint communicator)
    {
        string text = Marshal.PtrToStringUTF8((nint)_getErrorString(result)) ?? $"{result}";
        string? more = _getLastError != null && communicator != 0 ? Marshal.PtrToStringUTF8((nint)_getLastError(communicator)) : null;
        return string.IsNullOrWhiteSpace(more) ? text : $"{text} ({more.Trim()})";
    }
}
