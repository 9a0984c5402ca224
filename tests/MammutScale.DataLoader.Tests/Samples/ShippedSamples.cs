using DuckDB.NET.Data;

namespace MammutScale.DataLoader.Tests.Samples;

/// <summary>The data set in the repository, read by DuckDB: not by our own reader.</summary>
internal static class ShippedSamples
{
    internal static string Folder { get; } = Find();

    internal static List<object?[]> Query(string select, string split)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"select {select} from read_parquet('{Path.Combine(Folder, split, "*.parquet")}', filename = true) order by filename, key";
        using var reader = command.ExecuteReader();
        List<object?[]> rows = [];
        while (reader.Read())
        {
            object?[] row = new object?[reader.FieldCount];
            for (int i = 0; i < row.Length; i++) row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i) is Stream bytes ? ReadAll(bytes) : reader.GetValue(i);
            rows.Add(row);
        }
        return rows;
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MammutScale.sln"))) return Path.Combine(folder.FullName, "dataloader", "samples");
        throw new DirectoryNotFoundException($"no MammutScale.sln above {AppContext.BaseDirectory}");
    }
}
