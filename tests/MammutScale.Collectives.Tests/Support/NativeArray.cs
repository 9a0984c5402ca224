using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Tests.Support;

/// <summary>Memory outside the managed heap, as tensors have it.</summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private readonly T* _data;
    private readonly int _count;

    public NativeArray(int count)
    {
        _count = count;
        _data = (T*)NativeMemory.AlignedAlloc((nuint)Math.Max(64, (long)count * sizeof(T)), 64);
        Span.Clear();
    }

    public NativeArray(ReadOnlySpan<T> values)
        : this(values.Length)
        => values.CopyTo(Span);

    public Span<T> Span => new(_data, _count);

    public DeviceBuffer Buffer => new((nint)_data, _count, Type);

    private static ElementType Type =>
        typeof(T) == typeof(float) ? ElementType.Float32
        : typeof(T) == typeof(ushort) ? ElementType.BFloat16
        : typeof(T) == typeof(long) ? ElementType.Int64
        : ElementType.UInt8;

    public void Dispose() => NativeMemory.AlignedFree(_data);
}
