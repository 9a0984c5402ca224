using System.Buffers;

namespace MammutScale.Training.Checkpoints;

/// <summary>Memory that somebody else keeps alive, as <see cref="Memory{T}"/>: blobs are read straight into flat buffers.</summary>
internal sealed unsafe class NativeRegion(byte* start, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(start, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
