using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Values;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>A temporary folder of Parquet files, and our reader on them.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mammut-parquet-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public ParquetFile Open(string name) => ParquetFile.OpenAsync(BlobStores.Open(Path), name).AsTask().GetAwaiter().GetResult();

    /// <summary>All rows of one column, as <paramref name="read"/> sees them.</summary>
    public List<T> Read<T>(string name, string column, Func<LeafColumn, int, T> read)
    {
        using var file = Open(name);
        var leaf = file.Schema.Leaves.Single(l => l.Path == column);
        var rows = new List<T>();
        for (var group = 0; group < file.Metadata.RowGroups.Count; group++)
        {
            using var data = file.ReadRowGroupAsync(group, [leaf]).AsTask().GetAwaiter().GetResult();
            for (var row = 0; row < data.Rows; row++) rows.Add(read(data[leaf], row));
        }

        return rows;
    }

    public List<string?> Texts(string name, string column) => Read(name, column, Text);

    public List<double?> Numbers(string name, string column) => Read(name, column, (c, row) => c.Number(row));

    public List<long?> Integers(string name, string column) => Read(name, column, (c, row) => c.Integer(row));

    public List<byte[]?> Bytes(string name, string column) => Read(name, column, (c, row) => c.TryGetBytes(row, out var bytes) ? bytes.ToArray() : null);

    /// <summary>Lists in a spelling that tells null from empty: <c>null</c>, <c>[]</c>, <c>[a,null]</c>.</summary>
    public List<string> Lists(string name, string column) => Read(name, column, Spell);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static string? Text(LeafColumn column, int row) => column.TryGetText(row, out var text) ? text : throw new InvalidDataException("not UTF-8");

    private static string Spell(LeafColumn column, int row)
    {
        column.TryGetTexts(row, out var texts).ShouldBeTrue();
        return texts is null ? "null" : $"[{string.Join(',', texts.Select(t => t ?? "null"))}]";
    }
}
