using MammutScale.DataLoader.Parquet.Faults;

namespace MammutScale.DataLoader.Parquet.Encodings;

/// <summary>DELTA_BINARY_PACKED: blocks of differences, each miniblock with its own bit width.</summary>
internal static class DeltaDecoder
{
    private const int BlockUnit = 128;
    private const int MiniblockUnit = 32;
    private const int MaxBlock = 1 << 20;

    /// <summary>The number of values that the header claims; the cursor is not moved.</summary>
    public static int PeekCount(ByteSource source)
    {
        source.TakeCount("values in a block");
        source.TakeCount("miniblocks");
        return source.TakeCount("values");
    }

    /// <summary>Reads exactly <paramref name="into"/>.Length values; sums wrap around as the format asks for.</summary>
    /// <param name="narrow">32-bit columns wrap at 32 bits.</param>
    public static void Decode(ref ByteSource source, Span<long> into, bool narrow)
    {
        var block = source.TakeCount("values in a block");
        var miniblocks = source.TakeCount("miniblocks");
        var total = source.TakeCount("values");
        var value = source.TakeZigZag();
        if (block is 0 or > MaxBlock || block % BlockUnit != 0 || miniblocks == 0 || block % miniblocks != 0 || block / miniblocks % MiniblockUnit != 0)
            throw new CorruptDataException($"a delta-encoded page has blocks of {block} values in {miniblocks} miniblocks");
        if (total != into.Length) throw new CorruptDataException($"a delta-encoded page holds {total} values where {into.Length} are expected");
        if (total == 0) return;

        into[0] = Wrapped(value, narrow);
        var size = block / miniblocks;
        Span<long> deltas = size <= 1024 ? stackalloc long[size] : new long[size];
        for (var done = 1; done < total;)
        {
            var smallest = source.TakeZigZag();
            var widths = source.Take(miniblocks);
            for (var m = 0; m < miniblocks && done < total; m++)
            {
                var width = widths[m];
                if (width > 64) throw new CorruptDataException($"a delta-encoded page packs values into {width} bits");
                var count = Math.Min(size, total - done);
                // the last miniblock may be cut after its last value
                var bytes = source.Take(Math.Min(size / 8 * width, Math.Max(source.Left, (int)(((long)count * width + 7) / 8))));
                BitUnpacker.Unpack(bytes, width, deltas[..count]);
                for (var i = 0; i < count; i++)
                {
                    value = unchecked(value + smallest + deltas[i]);
                    into[done++] = Wrapped(value, narrow);
                }
            }
        }
    }

    private static long Wrapped(long value, bool narrow) => narrow ? unchecked((int)value) : value;
}
