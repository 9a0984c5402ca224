using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Pages;
using MammutScale.DataLoader.Parquet.Values;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Parquet.Spilling;

/// <summary>
/// Reads a column chunk that is too large for memory: a window of pages at a time is fetched, decoded and put away on disk, so that
/// memory holds one window, the dictionary, and eight bytes for each value.
/// </summary>
internal static class ChunkSpiller
{
    private const int Window = 16 * 1024 * 1024;

    /// <summary>Only plain columns of bytes become large: lists and numbers stay in memory.</summary>
    internal static bool Fits(SchemaLeaf leaf) => leaf.Type == PhysicalType.ByteArray && leaf.MaxRepetition == 0;

    /// <exception cref="IOException">There is no room on the disk.</exception>
    internal static async ValueTask<LeafColumn> ReadAsync(IBlobReader blob, SchemaLeaf leaf, ColumnChunk chunk, int rows, SpillFile file, CancellationToken cancellation)
    {
        var levels = new LevelStore(leaf, checked((int)chunk.Values));
        var ends = new List<long>();
        // what the dictionary's values lie in stays to the end
        using var kept = new BufferBag();
        var passing = new BufferBag();
        try
        {
            var reader = new ByteValueReader(leaf, length => passing.Rent(length));
            await foreach (var pages in PageSplitter.WindowsAsync(blob, chunk, Next, Window, cancellation))
            {
                foreach (var page in pages)
                {
                    if (page.Header.Type == PageType.Dictionary) ChunkDecoder.DecodePage(page.CopyTo(kept), reader, leaf, chunk.Codec, levels, kept);
                    else ChunkDecoder.DecodePage(page, reader, leaf, chunk.Codec, levels, passing);
                    foreach (var value in reader.Values.AsSpan(0, reader.Count))
                    {
                        file.Append(value.Span);
                        ends.Add(file.Length);
                    }

                    reader.Forget();
                }
            }

            file.Flush();
            return new SpilledColumn(leaf, levels.Finish(rows), file, ends);
        }
        finally
        {
            passing.Dispose();
        }

        BufferBag Next()
        {
            passing.Dispose();
            return passing = new BufferBag();
        }
    }
}
