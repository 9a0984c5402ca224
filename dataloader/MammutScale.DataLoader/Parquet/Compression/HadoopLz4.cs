using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace MammutScale.DataLoader.Parquet.Compression;

/// <summary>
/// The codec that the format calls LZ4 without saying more: Hadoop puts the unpacked and packed length, big-endian, before each
/// block (and several blocks into one frame); other writers put down a bare block.
/// </summary>
internal static class HadoopLz4
{
    private const int LengthSize = sizeof(int);

    /// <returns>Bytes written, or −1 when it is neither.</returns>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> target)
        => TryFramed(source, target) ? target.Length : LZ4Codec.Decode(source, target);

    private static bool TryFramed(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var done = 0;
        while (source.Length >= LengthSize)
        {
            var frame = BinaryPrimitives.ReadUInt32BigEndian(source);
            source = source[LengthSize..];
            if (frame > target.Length - done) return false;
            for (var end = done + (int)frame; done < end;)
            {
                if (source.Length < LengthSize) return false;
                var packed = BinaryPrimitives.ReadUInt32BigEndian(source);
                source = source[LengthSize..];
                if (packed > source.Length) return false;
                var written = LZ4Codec.Decode(source[..(int)packed], target[done..end]);
                if (written <= 0) return false;
                done += written;
                source = source[(int)packed..];
            }
        }

        return done == target.Length && source.Length == 0;
    }
}
