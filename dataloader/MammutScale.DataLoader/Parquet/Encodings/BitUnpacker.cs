using System.Buffers.Binary;

namespace MammutScale.DataLoader.Parquet.Encodings;

/// <summary>Bit-packed integers, least significant bit first (and the deprecated other way round).</summary>
internal static class BitUnpacker
{
    public static void Unpack(ReadOnlySpan<byte> bytes, int width, Span<int> into)
    {
        if (width == 0)
        {
            into.Clear();
            return;
        }

        var mask = width == 32 ? uint.MaxValue : (1u << width) - 1;
        for (var i = 0; i < into.Length; i++) into[i] = (int)((uint)Window(bytes, (long)i * width) & mask);
    }

    public static void Unpack(ReadOnlySpan<byte> bytes, int width, Span<long> into)
    {
        if (width == 0)
        {
            into.Clear();
            return;
        }

        var mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        for (var i = 0; i < into.Length; i++)
        {
            var bit = (long)i * width;
            var value = Window(bytes, bit);
            var have = 64 - (int)(bit & 7);
            if (width > have) value |= Window(bytes, bit + have) << have;
            into[i] = (long)(value & mask);
        }
    }

    /// <summary>Most significant bit first, as the deprecated BIT_PACKED levels are.</summary>
    public static void UnpackReversed(ReadOnlySpan<byte> bytes, int width, Span<int> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            var value = 0;
            for (var bit = (long)i * width; bit < (long)(i + 1) * width; bit++)
                value = (value << 1) | ((bytes[(int)(bit >> 3)] >> (7 - (int)(bit & 7))) & 1);
            into[i] = value;
        }
    }

    /// <summary>The bits from <paramref name="bit"/> on: at least 57 of them, zeros beyond the end.</summary>
    private static ulong Window(ReadOnlySpan<byte> bytes, long bit)
    {
        var at = (int)(bit >> 3);
        var rest = bytes[at..];
        if (rest.Length >= sizeof(ulong)) return BinaryPrimitives.ReadUInt64LittleEndian(rest) >> (int)(bit & 7);
        var value = 0UL;
        for (var i = 0; i < rest.Length; i++) value |= (ulong)rest[i] << (8 * i);
        return value >> (int)(bit & 7);
    }
}
