using System.Buffers;
using MammutScale.DataLoader.Parquet.Encodings;
using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>Repetition and definition levels of a page.</summary>
internal static class Levels
{
    /// <summary>Version 1: a length (or, for the deprecated encoding, none) and the levels, at the start of the unpacked page.</summary>
    public static void ReadV1(ref ByteSource page, ValueEncoding encoding, int max, Span<byte> into)
    {
        if (max == 0) return;
        var width = Width(max);
        switch (encoding)
        {
            case ValueEncoding.RunLength:
                Read(page.Take(page.TakeLength()), width, max, into);
                break;
            case ValueEncoding.BitPacked:
                var bytes = page.Take((int)(((long)into.Length * width + 7) / 8));
                WithScratch(into, (scratch, data) => BitUnpacker.UnpackReversed(data, width, scratch), bytes, max);
                break;
            default:
                throw new CorruptDataException($"a page stores its levels as {encoding}");
        }
    }

    /// <summary>Version 2: never compressed, the length stands in the header.</summary>
    public static void ReadV2(ReadOnlySpan<byte> bytes, int max, Span<byte> into)
    {
        if (max > 0) Read(bytes, Width(max), max, into);
    }

    private static void Read(ReadOnlySpan<byte> bytes, int width, int max, Span<byte> into)
        => WithScratch(into, (scratch, data) => RunLengthDecoder.Decode(data, width, scratch, max + 1L, "level"), bytes, max);

    private static int Width(int max) => 32 - int.LeadingZeroCount(max);

    private delegate void LevelSource(Span<int> scratch, ReadOnlySpan<byte> data);

    private static void WithScratch(Span<byte> into, LevelSource source, ReadOnlySpan<byte> data, int max)
    {
        var scratch = ArrayPool<int>.Shared.Rent(into.Length);
        try
        {
            source(scratch.AsSpan(0, into.Length), data);
            for (var i = 0; i < into.Length; i++)
            {
                var level = scratch[i];
                if (level > max) throw new CorruptDataException($"a page holds level {level} where {max} is the largest possible");
                into[i] = (byte)level;
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(scratch);
        }
    }
}
