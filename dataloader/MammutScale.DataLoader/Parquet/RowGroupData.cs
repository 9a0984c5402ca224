using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Pages;
using MammutScale.DataLoader.Parquet.Values;

namespace MammutScale.DataLoader.Parquet;

/// <summary>
/// The decoded columns of a row group. It owns the memory that values are slices of; every holder of rows keeps a share
/// (<see cref="Share"/>) and the memory goes back to its pool when the last one is disposed.
/// </summary>
public sealed class RowGroupData : IDisposable
{
    private readonly IReadOnlyDictionary<int, LeafColumn> _columns;
    private readonly BufferBag _buffers;
    private readonly IReadOnlyList<IDisposable> _files;
    private int _owners = 1;

    internal RowGroupData(int rowGroup, int rows, IReadOnlyDictionary<int, LeafColumn> columns, BufferBag buffers, IReadOnlyList<IDisposable> files)
        => (RowGroup, Rows, _columns, _buffers, _files) = (rowGroup, rows, columns, buffers, files);

    /// <summary>Number of the row group in its file.</summary>
    public int RowGroup { get; }

    public int Rows { get; }

    /// <summary>Bytes of pooled memory held; not what lies on disk.</summary>
    public long Bytes => _buffers.Bytes;

    /// <exception cref="ArgumentException">The leaf was not asked for.</exception>
    public LeafColumn this[SchemaLeaf leaf]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(leaf);
            return _columns.TryGetValue(leaf.Ordinal, out var column) ? column : throw new ArgumentException($"column '{leaf.Path}' was not read", nameof(leaf));
        }
    }

    /// <summary>Whether this leaf was asked for.</summary>
    public bool Has(SchemaLeaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return _columns.ContainsKey(leaf.Ordinal);
    }

    /// <summary>One more owner; each calls <see cref="Dispose"/> once.</summary>
    public RowGroupData Share()
    {
        var owners = Interlocked.Increment(ref _owners);
        return owners > 1 ? this : throw new ObjectDisposedException(nameof(RowGroupData));
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _owners) != 0) return;
        _buffers.Dispose();
        foreach (var file in _files) file.Dispose();
    }
}
