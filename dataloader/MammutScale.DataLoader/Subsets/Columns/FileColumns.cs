namespace MammutScale.DataLoader.Subsets.Columns;

/// <summary>The columns of one file. Names with dots reach into structs.</summary>
public sealed class FileColumns(string file, IReadOnlyCollection<ColumnInfo> columns)
{
    private readonly Dictionary<string, ColumnInfo> _byName = columns.ToDictionary(column => column.Name, StringComparer.Ordinal);

    public string File => file;

    public IReadOnlyCollection<ColumnInfo> All => columns;

    public ColumnInfo? Find(string name) => _byName.GetValueOrDefault(name);
}
