using System.Buffers;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>The pooled buffers that a row group's values lie in; they go back together when the row group is done with.</summary>
internal sealed class BufferBag : IDisposable
{
    private List<byte[]>? _buffers = [];

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>At least <paramref name="length"/> bytes, not cleared.</summary>
    public byte[] Rent(int length)
    {
        ObjectDisposedException.ThrowIf(_buffers is null, this);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        _buffers.Add(buffer);
        Bytes += buffer.Length;
        return buffer;
    }

    public void Dispose()
    {
        if (_buffers is not { } buffers) return;
        _buffers = null;
        foreach (var buffer in buffers) ArrayPool<byte>.Shared.Return(buffer);
    }
}
