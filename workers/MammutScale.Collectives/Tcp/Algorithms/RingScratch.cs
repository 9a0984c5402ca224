using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>
/// Where the partial sums of a reduce-scatter live between being received and being passed on: for every lane four places, by
/// the parity of block and step. It grows to what operations need and then stays.
/// </summary>
internal sealed unsafe class RingScratch : IDisposable
{
    private byte* _memory;
    private long _bytes;
    private long _placeBytes;

    public void Reserve(int lanes, long placeBytes)
    {
        _placeBytes = (placeBytes + 63) / 64 * 64;
        long needed = lanes * 4 * _placeBytes;
        if (needed <= _bytes) return;
        NativeMemory.AlignedFree(_memory);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)needed, 64);
        _bytes = needed;
    }

    public nint Place(int lane, int block, int step) => (nint)(_memory + (((lane * 4) + ((block & 1) * 2) + (step & 1)) * _placeBytes));

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
