using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MammutScale.Collectives;
using MammutScale.Training.Parameters;

namespace MammutScale.Training.Agreement;

/// <summary>
/// Small records that every rank tells every other, over host memory: all see the same list in rank order and draw the same conclusion. The
/// buffers are kept from one exchange to the next.
/// </summary>
internal sealed class RankExchange<T>(ICollectives group)
    where T : unmanaged
{
    private readonly byte[] _mine = GC.AllocateArray<byte>(Unsafe.SizeOf<T>(), pinned: true);
    private readonly byte[] _all = GC.AllocateArray<byte>(Unsafe.SizeOf<T>() * group.WorldSize, pinned: true);

    /// <summary>The records of all ranks; valid until the next exchange.</summary>
    public ReadOnlySpan<T> Exchange(T mine)
    {
        MemoryMarshal.Write(_mine, mine);
        group.Host.AllGather(TensorMemory.Pinned(_mine), TensorMemory.Pinned(_all)).Wait();
        return MemoryMarshal.Cast<byte, T>(_all);
    }
}
