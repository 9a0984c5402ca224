using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Pages;
using MammutScale.DataLoader.Parquet.Spilling;
using MammutScale.DataLoader.Parquet.Values;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Parquet;

/// <summary>
/// A Parquet file opened for reading row groups, from a folder or a bucket. Everything that can be wrong with a file surfaces as
/// <see cref="DataFormatException"/> naming file, row group, column, what was found and what was expected. May be used from many threads.
/// </summary>
public sealed class ParquetFile : IDisposable
{
    /// <summary>More rows in one row group than this are refused: they would not fit into memory as a unit.</summary>
    public const int MaxRowsInGroup = 1 << 24;

    private readonly IBlobReader _blob;

    private ParquetFile(string name, IBlobReader blob, FileMetadata metadata) => (Name, _blob, Metadata) = (name, blob, metadata);

    /// <summary>How messages call the file: store and key.</summary>
    public string Name { get; }

    public BlobInfo Blob => _blob.Blob;

    public FileMetadata Metadata { get; }

    public FileSchema Schema => Metadata.Schema;

    /// <summary>Columns of more bytes than this in one row group are put away on local disk (TMPDIR) and read back value by value.</summary>
    internal long SpillAbove { get; set; } = 256L << 20;

    /// <summary>Reads the footer.</summary>
    /// <exception cref="DataFormatException">It is no Parquet file, damaged, encrypted, or uses something that is not supported.</exception>
    /// <exception cref="StorageException">The store cannot give it.</exception>
    public static async ValueTask<ParquetFile> OpenAsync(IBlobStore store, string key, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var name = $"{store.Address.TrimEnd('/')}/{key}";
        return await OpenAsync(name, await store.OpenAsync(key, cancellation), cancellation);
    }

    /// <summary>Takes the reader over, also when it throws.</summary>
    internal static async ValueTask<ParquetFile> OpenAsync(string name, IBlobReader blob, CancellationToken cancellation = default)
    {
        try
        {
            return new ParquetFile(name, blob, await FooterReader.ReadAsync(blob, cancellation));
        }
        catch (Exception e)
        {
            blob.Dispose();
            if (Unreadable(e)) throw new DataFormatException($"{name}: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Fetches and decodes a row group's columns.</summary>
    /// <param name="leaves">Of <see cref="Schema"/>; the fewer, the fewer bytes are read.</param>
    public async ValueTask<RowGroupData> ReadRowGroupAsync(int rowGroup, IReadOnlyList<SchemaLeaf> leaves, CancellationToken cancellation = default)
    {
        var pages = await FetchRowGroupAsync(rowGroup, leaves, cancellation);
        return pages.Decode();
    }

    /// <summary>
    /// Only the reading: the bytes of the chunks in pooled memory. <see cref="RowGroupPages.Decode"/> does the rest on the thread
    /// that calls it, so a pipeline decides where the work happens.
    /// </summary>
    public async ValueTask<RowGroupPages> FetchRowGroupAsync(int rowGroup, IReadOnlyList<SchemaLeaf> leaves, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentOutOfRangeException.ThrowIfNegative(rowGroup);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rowGroup, Metadata.RowGroups.Count);
        var group = Metadata.RowGroups[rowGroup];
        if (group.Rows > MaxRowsInGroup)
            throw new DataFormatException($"{Name}, row group {rowGroup}: {group.Rows} rows, and {MaxRowsInGroup} are the most that can be read at once: rewrite it with smaller row groups.");
        var result = new RowGroupPages(this, rowGroup, (int)group.Rows);
        try
        {
            foreach (var leaf in leaves)
            {
                try
                {
                    var chunk = Checked(group.Columns[leaf.Ordinal]);
                    if (Math.Max(chunk.CompressedBytes, chunk.UncompressedBytes) > SpillAbove && ChunkSpiller.Fits(leaf))
                    {
                        result.AddSpilled(leaf, await SpillAsync(result, rowGroup, leaf, chunk, (int)group.Rows, cancellation));
                        continue;
                    }

                    result.Add(leaf, chunk, await PageSplitter.FetchAsync(_blob, chunk, result.Buffers, cancellation));
                }
                catch (Exception e) when (Unreadable(e))
                {
                    throw Fault(rowGroup, leaf, e);
                }
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    public void Dispose() => _blob.Dispose();

    private async ValueTask<LeafColumn> SpillAsync(RowGroupPages into, int rowGroup, SchemaLeaf leaf, ColumnChunk chunk, int rows, CancellationToken cancellation)
    {
        var folder = Path.GetTempPath();
        try
        {
            return await ChunkSpiller.ReadAsync(_blob, leaf, chunk, rows, into.NewFile(folder), cancellation);
        }
        catch (IOException e)
        {
            throw new DataFormatException($"{Name}, row group {rowGroup}, column '{leaf.Path}': its {chunk.UncompressedBytes / 1e6:F0} MB are put away in {folder}, where it failed: {e.Message}. Let TMPDIR name a folder with more room, or rewrite the file with smaller row groups.", e);
        }
    }

    internal DataFormatException Fault(int rowGroup, SchemaLeaf leaf, Exception e)
        => new($"{Name}, row group {rowGroup}, column '{leaf.Path}': {e.Message}", e);

    /// <summary>What damaged bytes can cause below; anything else is a defect of ours and stays what it is.</summary>
    internal static bool Unreadable(Exception e) => e is CorruptDataException or OverflowException;

    private static ColumnChunk Checked(ColumnChunk chunk)
        => chunk.Values <= MaxRowsInGroup ? chunk : throw new CorruptDataException($"{chunk.Values} values, and {MaxRowsInGroup} are the most that can be read at once: rewrite it with smaller row groups");
}
