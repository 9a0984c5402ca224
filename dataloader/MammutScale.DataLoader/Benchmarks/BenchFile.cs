using Parquet;
using Parquet.Schema;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>A file as img2dataset leaves it: pictures of random bytes (as compressed ones look), with key and caption.</summary>
internal static class BenchFile
{
    public const string Column = "jpg";
    private const int Seed = 17;

    public static async Task WriteAsync(string path, bool snappy, int count, int rowsInGroup, int pictureBytes, CancellationToken cancellation)
    {
        var random = new Random(Seed);
        var (key, caption, jpg) = (new DataField<string>("key"), new DataField<string>("caption"), new DataField<byte[]>(Column));
        await using var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        var format = new ParquetOptions { CompressionMethod = snappy ? CompressionMethod.Snappy : CompressionMethod.None };
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(key, caption, jpg), stream, format, append: false, cancellation);
        for (var start = 0; start < count; start += rowsInGroup)
        {
            var rows = Enumerable.Range(start, Math.Min(rowsInGroup, count - start)).ToArray();
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(key, [.. rows.Select(r => (string?)$"{r:d9}")]);
            await group.WriteAsync(caption, [.. rows.Select(r => (string?)$"a picture of thing {r}")]);
            await group.WriteAsync(jpg, rows.Select(_ => Picture(random, pictureBytes)).ToArray());
            group.CompleteValidate();
        }
    }

    private static byte[] Picture(Random random, int average)
    {
        var bytes = new byte[random.Next(average / 2, average * 3 / 2)];
        random.NextBytes(bytes);
        return bytes;
    }
}
