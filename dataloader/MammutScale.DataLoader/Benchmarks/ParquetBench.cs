using System.Diagnostics;
using MammutScale.DataLoader.Parquet;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>
/// Reading the pictures' column from the page cache on one thread: ours, a plain sequential read of the same file, and ParquetSharp
/// (Arrow C++) in a process of its own, in turns, the best round of each. Every reader hands out every row's bytes and looks at
/// the first and last of them.
/// </summary>
public static class ParquetBench
{
    private const int RawBlock = 1024 * 1024;

    public static async Task<ParquetBenchResult> RunAsync(ParquetBenchOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new ParquetBenchOptions();
        var peer = options.WithPeer ? options.PeerProgram ?? ParquetPeer.Find() : null;
        var folder = Directory.CreateTempSubdirectory("mammut-bench-parquet-");
        try
        {
            var rows = new List<ParquetBenchRow>();
            foreach (var codec in (string[])["uncompressed", "snappy"])
            {
                var path = Path.Combine(folder.FullName, $"{codec}.parquet");
                await BenchFile.WriteAsync(path, codec == "snappy", options.Rows, options.RowsInGroup, options.PictureBytes, cancellation);
                rows.Add(await MeasureAsync(codec, path, peer, options, cancellation));
            }

            return new ParquetBenchResult(rows[0].RowsPerSecond, rows[0].PeerRatio, rows[0].RawRatio, rows);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ParquetBenchRow> MeasureAsync(string codec, string path, string? program, ParquetBenchOptions options, CancellationToken cancellation)
    {
        var (raw, ours, peer) = (TimeSpan.MaxValue, TimeSpan.MaxValue, (TimeSpan?)null);
        var media = 0L;
        for (var round = 0; round < options.Rounds; round++)
        {
            raw = Min(raw, Raw(path));
            var watch = Stopwatch.StartNew();
            media = await OursAsync(path, cancellation);
            ours = Min(ours, watch.Elapsed);
            // the peer runs its own rounds in each of its processes: between ours, so that a slow minute hits all
            if (round % 8 == 0 && await ParquetPeer.MeasureAsync(program, path, BenchFile.Column, rounds: 8, cancellation) is { } found) peer = Min(peer ?? TimeSpan.MaxValue, found);
        }

        var length = new FileInfo(path).Length;
        return new ParquetBenchRow(
            codec, options.Rows / ours.TotalSeconds, media / ours.TotalSeconds / 1e9, length / raw.TotalSeconds / 1e9,
            peer is { } p ? p / ours : null, media / ours.TotalSeconds / (length / raw.TotalSeconds));
    }

    private static TimeSpan Raw(string path)
    {
        var buffer = new byte[RawBlock];
        var watch = Stopwatch.StartNew();
        using var file = File.OpenHandle(path);
        for (long at = 0, read; (read = RandomAccess.Read(file, buffer, at)) > 0; at += read)
        {
        }

        return watch.Elapsed;
    }

    private static async Task<long> OursAsync(string path, CancellationToken cancellation)
    {
        using var file = await ParquetFile.OpenAsync(BlobStores.Open(Path.GetDirectoryName(path)!), Path.GetFileName(path), cancellation);
        var leaf = file.Schema.Leaves.Single(l => l.Path == BenchFile.Column);
        var (bytes, seen) = (0L, 0);
        for (var group = 0; group < file.Metadata.RowGroups.Count; group++)
        {
            using var data = await file.ReadRowGroupAsync(group, [leaf], cancellation);
            var column = data[leaf];
            for (var row = 0; row < data.Rows; row++)
            {
                if (!column.TryGetBytes(row, out var picture)) continue;
                bytes += picture.Length;
                seen ^= picture.Span[0] ^ picture.Span[^1];
            }
        }

        return seen <= byte.MaxValue ? bytes : 0;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
