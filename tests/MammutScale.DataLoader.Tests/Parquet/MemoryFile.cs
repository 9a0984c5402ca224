using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Pages;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>A file in memory, to look at where its parts lie.</summary>
internal sealed class MemoryFile(byte[] bytes) : IBlobReader
{
    public BlobInfo Blob { get; } = new("memory", bytes.Length, "1", DateTimeOffset.UnixEpoch);

    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation = default)
    {
        var count = (int)Math.Min(destination.Length, Math.Max(0, bytes.Length - offset));
        bytes.AsMemory((int)offset, count).CopyTo(destination);
        return ValueTask.FromResult(count);
    }

    /// <summary>Places of all bytes of page bodies: what checksums cover.</summary>
    public HashSet<int> BodyBytes()
    {
        var metadata = FooterReader.ReadAsync(this, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var places = new HashSet<int>();
        foreach (var chunk in metadata.RowGroups.SelectMany(g => g.Columns))
        {
            for (var at = (int)chunk.Offset; at < chunk.Offset + chunk.CompressedBytes;)
            {
                var header = PageHeader.Read(bytes.AsSpan(at), out var length);
                places.UnionWith(Enumerable.Range(at + length, header.Packed));
                at += length + header.Packed;
            }
        }

        return places;
    }

    public void Dispose()
    {
    }
}
