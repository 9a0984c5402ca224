using System.IO.Compression;
using K4os.Compression.LZ4;
using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Compression;

/// <summary>Unpacks one page into memory of exactly the size that its header claims.</summary>
internal static class Codecs
{
    [ThreadStatic]
    private static ZstdSharp.Decompressor? t_zstd;

    /// <summary>
    /// Refuses a claimed size that the codec cannot reach from so few bytes, before anything is allocated for it.
    /// </summary>
    public static void CheckClaim(CompressionCodec codec, long compressed, long claimed)
    {
        // how far each format can expand, from its definition: shortest code for the longest run
        long ratio = codec switch
        {
            CompressionCodec.Uncompressed => 1,
            CompressionCodec.Snappy => 64,
            CompressionCodec.Gzip => 1_040,
            CompressionCodec.Lz4Raw or CompressionCodec.Lz4Hadoop => 256,
            CompressionCodec.Zstd => 44_000,
            CompressionCodec.Brotli => 16_000_000,
            _ => throw Unsupported(codec),
        };
        const long Slack = 64 * 1024;
        if (claimed > compressed * ratio + (codec == CompressionCodec.Uncompressed ? 0 : Slack))
            throw new CorruptDataException($"a page of {compressed} bytes claims to unpack ({codec}) to {claimed}");
    }

    /// <param name="target">All of it must be filled.</param>
    public static void Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (target.Length == 0 && source.Length == 0) return;
        int written;
        try
        {
            written = codec switch
            {
                CompressionCodec.Snappy => SnappyBlock.Decompress(source, target),
                CompressionCodec.Gzip => DecompressGzip(source, target),
                CompressionCodec.Zstd => (t_zstd ??= new ZstdSharp.Decompressor()).Unwrap(source, target),
                CompressionCodec.Lz4Raw => LZ4Codec.Decode(source, target),
                CompressionCodec.Lz4Hadoop => HadoopLz4.Decompress(source, target),
                CompressionCodec.Brotli => BrotliDecoder.TryDecompress(source, target, out var count) ? count : -1,
                _ => throw Unsupported(codec),
            };
        }
        catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException or ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException)
        {
            throw new CorruptDataException($"a page does not unpack with {codec}: {e.Message}");
        }

        if (written != target.Length)
            throw new CorruptDataException(written < 0 ? $"a page does not unpack with {codec}" : $"a page unpacks with {codec} to {written} bytes where its header says {target.Length}");
    }

    private static unsafe int DecompressGzip(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* bytes = source)
        {
            using var memory = new UnmanagedMemoryStream(bytes, source.Length);
            using var gzip = new GZipStream(memory, CompressionMode.Decompress);
            var done = gzip.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
            return done == target.Length && gzip.ReadByte() >= 0 ? throw new InvalidDataException("there is more than the header says") : done;
        }
    }

    private static CorruptDataException Unsupported(CompressionCodec codec)
        => new($"it is compressed with {codec}, which is not supported: write it with snappy, zstd, gzip, lz4 (raw), brotli or uncompressed");
}
