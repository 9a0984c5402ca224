using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Indexing.Scanning;

/// <summary>The columns of one row group: statistics at once, values after they were read.</summary>
internal sealed class RowGroupColumns(ParquetFile file, int number) : IColumns, IDisposable
{
    private readonly RowGroupInfo _group = file.Metadata.RowGroups[number];
    private readonly List<RowGroupData> _read = [];
    private readonly Dictionary<string, ColumnVector> _values = new(StringComparer.Ordinal);

    public int Rows => (int)_group.Rows;

    public static SchemaLeaf? Leaf(ParquetFile file, string column) => file.Schema.Find(column)?.Leaf;

    public ColumnVector Values(string column)
    {
        if (_values.TryGetValue(column, out var values))
            return values;
        return Leaf(file, column) is null ? ColumnVector.Nulls(Rows) : throw new InvalidOperationException($"column '{column}' has not been read");
    }

    public ColumnRange Range(string column) => Leaf(file, column) is { } leaf ? LeafVectors.Range(leaf, _group.Columns[leaf.Ordinal]) : ColumnRange.AllNull;

    /// <summary>Reads what is missing of these columns.</summary>
    public async Task ReadAsync(IEnumerable<string> columns, CancellationToken cancellation)
    {
        var missing = columns.Where(column => !_values.ContainsKey(column)).Distinct(StringComparer.Ordinal).Select(column => (column, leaf: Leaf(file, column))).ToArray();
        var leaves = missing.Select(entry => entry.leaf).Where(leaf => leaf is not null && leaf.Kind != LeafKind.Null).Select(leaf => leaf!).DistinctBy(leaf => leaf.Ordinal).ToArray();
        if (leaves.Length > 0)
            _read.Add(await file.ReadRowGroupAsync(number, leaves, cancellation));
        foreach (var (column, leaf) in missing)
            _values[column] = leaf is null || leaf.Kind == LeafKind.Null ? ColumnVector.Nulls(Rows) : LeafVectors.Values(_read[^1][leaf]);
    }

    /// <summary>Reads one column as the file stores it.</summary>
    public async Task<RowGroupData> ReadRawAsync(SchemaLeaf leaf, CancellationToken cancellation)
    {
        _read.Add(await file.ReadRowGroupAsync(number, [leaf], cancellation));
        return _read[^1];
    }

    public void Dispose()
    {
        foreach (var data in _read)
            data.Dispose();
    }
}
