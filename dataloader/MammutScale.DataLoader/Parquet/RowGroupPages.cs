using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Pages;
using MammutScale.DataLoader.Parquet.Spilling;
using MammutScale.DataLoader.Parquet.Values;

namespace MammutScale.DataLoader.Parquet;

/// <summary>The bytes of a row group's columns, read but not decoded.</summary>
public sealed class RowGroupPages : IDisposable
{
    private readonly ParquetFile _file;
    private readonly int _rowGroup;
    private readonly int _rows;
    private readonly List<(SchemaLeaf Leaf, ColumnChunk Chunk, List<Page> Pages)> _chunks = [];
    private readonly Dictionary<int, LeafColumn> _spilled = [];
    private readonly List<SpillFile> _files = [];
    private BufferBag? _buffers = new();

    internal RowGroupPages(ParquetFile file, int rowGroup, int rows) => (_file, _rowGroup, _rows) = (file, rowGroup, rows);

    internal BufferBag Buffers => _buffers ?? throw new ObjectDisposedException(nameof(RowGroupPages));

    /// <summary>Bytes of pooled memory held.</summary>
    public long Bytes => Buffers.Bytes;

    internal void Add(SchemaLeaf leaf, ColumnChunk chunk, List<Page> pages) => _chunks.Add((leaf, chunk, pages));

    /// <summary>A file for a column that does not stay in memory; it passes to the row group.</summary>
    internal SpillFile NewFile(string folder)
    {
        var file = new SpillFile(folder);
        _files.Add(file);
        return file;
    }

    internal void AddSpilled(SchemaLeaf leaf, LeafColumn column) => _spilled[leaf.Ordinal] = column;

    /// <summary>Unpacks and decodes on the calling thread. The memory passes to the result; this object is spent, also when it throws.</summary>
    /// <exception cref="DataFormatException">Something in the pages is wrong.</exception>
    public RowGroupData Decode()
    {
        var buffers = Buffers;
        _buffers = null;
        try
        {
            var columns = new Dictionary<int, LeafColumn>(_spilled);
            foreach (var (leaf, chunk, pages) in _chunks)
            {
                try
                {
                    columns[leaf.Ordinal] = ChunkDecoder.Decode(leaf, chunk, pages, _rows, buffers);
                }
                catch (Exception e) when (ParquetFile.Unreadable(e))
                {
                    throw _file.Fault(_rowGroup, leaf, e);
                }
            }

            return new RowGroupData(_rowGroup, _rows, columns, buffers, _files);
        }
        catch
        {
            buffers.Dispose();
            _files.ForEach(file => file.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffers is null) return;
        _buffers.Dispose();
        _buffers = null;
        _files.ForEach(file => file.Dispose());
    }
}
