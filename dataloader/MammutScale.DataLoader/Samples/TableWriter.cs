using Parquet;
using Parquet.Schema;

namespace MammutScale.DataLoader.Samples;

/// <summary>Writes rows as a folder of Parquet files 00000.parquet, 00001.parquet, …, the same bytes for the same rows.</summary>
internal sealed class TableWriter<TRow>(IReadOnlyList<TableColumn<TRow>> columns, IReadOnlyDictionary<string, string> metadata)
{
    private readonly ParquetSchema _schema = new([.. columns.Select(c => c.Field)]);

    /// <summary>Writes <paramref name="rows"/> over <paramref name="files"/> files of nearly equal size; returns their names.</summary>
    internal async Task<IReadOnlyList<string>> WriteAsync(string folder, IReadOnlyList<TRow> rows, int files, int rowsPerGroup, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        List<string> written = [];
        for (int f = 0; f < files; f++)
        {
            int start = (int)((long)rows.Count * f / files), end = (int)((long)rows.Count * (f + 1) / files);
            string path = Path.Combine(folder, $"{f:D5}.parquet");
            await WriteFileAsync(path, [.. rows.Skip(start).Take(end - start)], rowsPerGroup, cancellation).ConfigureAwait(false);
            written.Add(path);
        }
        return written;
    }

    private async Task WriteFileAsync(string path, IReadOnlyList<TRow> rows, int rowsPerGroup, CancellationToken cancellation)
    {
        // A reader must never meet half a file under its final name.
        string partial = path + ".partial";
        await using (var stream = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite))
        {
            var options = new ParquetOptions { CompressionMethod = CompressionMethod.Zstd };
            await using var writer = await ParquetWriter.CreateAsync(_schema, stream, options, append: false, cancellation).ConfigureAwait(false);
            writer.CustomMetadata = metadata.ToDictionary(p => p.Key, p => p.Value);
            for (int start = 0; start < rows.Count; start += rowsPerGroup)
            {
                cancellation.ThrowIfCancellationRequested();
                var part = rows.Skip(start).Take(rowsPerGroup).ToArray();
                using var group = writer.CreateRowGroup();
                foreach (var column in columns) await column.WriteAsync(group, part).ConfigureAwait(false);
                group.CompleteValidate();
            }
        }
        File.Move(partial, path, overwrite: true);
    }
}
