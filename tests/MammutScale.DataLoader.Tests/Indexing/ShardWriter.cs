using System.Globalization;
using ParquetSharp;

namespace MammutScale.DataLoader.Tests.Indexing;

/// <summary>Writes shards as img2dataset does, through Arrow C++: types drift between shards, failed rows are kept without a picture.</summary>
internal static class ShardWriter
{
    public enum Width
    {
        Int32,
        Int64,
        Double,
        Missing,
    }

    public sealed record Row(string Uid, string Key, double? Similarity, int? Pixels, string? Status)
    {
        public bool Failed => Status is not (null or "success");
    }

    /// <summary>Rows of a shard, the same for the same number.</summary>
    public static Row[] Rows(int shard, int count)
    {
        var random = new Random(shard);
        return [.. Enumerable.Range(0, count).Select(i => new Row(
            $"{random.NextInt64():x16}{random.NextInt64():x16}",
            string.Create(CultureInfo.InvariantCulture, $"{shard:D5}{i:D4}"),
            random.Next(8) == 0 ? null : Math.Round(random.NextDouble() * 0.5, 3),
            random.Next(10) == 0 ? null : random.Next(100, 400),
            random.Next(9) == 0 ? "failed_to_download" : "success"))];
    }

    public static void Write(string path, Row[] rows, int inGroup, Width width = Width.Int32, bool status = true)
    {
        var columns = new List<Column> { new Column<string>("uid"), new Column<string>("key"), new Column<double?>("similarity"), new Column<byte[]>("jpg"), new Column<string>("caption") };
        if (status)
            columns.Add(new Column<string>("status"));
        if (width != Width.Missing)
            columns.Add(width switch
            {
                Width.Int32 => new Column<int?>("width"),
                Width.Int64 => new Column<long?>("width"),
                _ => new Column<double?>("width"),
            });
        using var writer = new ParquetFileWriter(path, [.. columns]);
        foreach (var part in rows.Chunk(inGroup))
        {
            using var group = writer.AppendRowGroup();
            Add(group, part.Select(row => row.Uid));
            Add(group, part.Select(row => row.Key));
            Add(group, part.Select(row => row.Similarity));
            Add(group, part.Select(row => row.Failed ? null! : (byte[])[0xFF, 0xD8]));
            Add(group, part.Select(row => $"a picture of {row.Key}"));
            if (status)
                Add(group, part.Select(row => row.Status!));
            if (width == Width.Int32)
                Add(group, part.Select(row => row.Pixels));
            else if (width == Width.Int64)
                Add(group, part.Select(row => (long?)row.Pixels));
            else if (width == Width.Double)
                Add(group, part.Select(row => (double?)row.Pixels ?? double.NaN).Select(value => (double?)value));
        }

        writer.Close();
    }

    private static void Add<T>(RowGroupWriter group, IEnumerable<T> values)
    {
        using var column = group.NextColumn().LogicalWriter<T>();
        column.WriteBatch([.. values]);
    }
}
