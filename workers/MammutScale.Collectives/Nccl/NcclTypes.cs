using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Nccl;

/// <summary>ncclUniqueId: 128 opaque bytes, passed by value.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct NcclUniqueId
{
    public const int Bytes = 128;

    public fixed byte Internal[Bytes];
}

/// <summary>
/// ncclConfig_t as of NCCL 2.27, 72 bytes. The library copies the smaller of this size and its own and fills in what is newer
/// than <see cref="Version"/>, so this one layout serves all later libraries.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NcclConfig
{
    public const int UndefinedInt = int.MinValue;

    public nuint Size;
    public uint Magic;
    public uint Version;
    public int Blocking;
    public int CgaClusterSize;
    public int MinCtas;
    public int MaxCtas;
    public nint NetName;
    public int SplitShare;
    public int TrafficClass;
    public nint CommName;
    public int CollnetEnable;
    public int CtaPolicy;
    public int ShrinkShare;
    public int NvlsCtas;

    /// <summary>Nothing set but that calls return at once.</summary>
    public static unsafe NcclConfig NonBlocking => new()
    {
        Size = (nuint)sizeof(NcclConfig),
        Magic = 0xcafebeef,
        Version = 22700,
        Blocking = 0,
        CgaClusterSize = UndefinedInt,
        MinCtas = UndefinedInt,
        MaxCtas = UndefinedInt,
        SplitShare = UndefinedInt,
        TrafficClass = UndefinedInt,
        CollnetEnable = UndefinedInt,
        CtaPolicy = UndefinedInt,
        ShrinkShare = UndefinedInt,
        NvlsCtas = UndefinedInt,
    };
}

internal enum NcclResult
{
    Success = 0,
    UnhandledCudaError = 1,
    SystemError = 2,
    InternalError = 3,
    InvalidArgument = 4,
    InvalidUsage = 5,
    RemoteError = 6,
    InProgress = 7,
}

internal static class NcclConstants
{
    /// <summary>ncclCommShrink: end the parent's operations first.</summary>
    public const int ShrinkAbort = 1;

    public static int DataType(this ElementType type) => type switch
    {
        ElementType.Float32 => 7,
        ElementType.BFloat16 => 9,
        ElementType.Int64 => 4,
        _ => 1,
    };

    public static int Operation(this ReduceOp op) => op switch
    {
        ReduceOp.Sum => 0,
        ReduceOp.Max => 2,
        _ => 3,
    };
}
