using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MammutScale.DataLoader.Parquet.Faults;

namespace MammutScale.DataLoader.Parquet.Encodings;

/// <summary>Numbers of a page, widened to 64 bits so that a column whose type drifts between files reads the same.</summary>
internal static class NumberDecoder
{
    private const int Int96Size = 12;
    private const long JulianUnixEpoch = 2_440_588;
    private const long NanosecondsPerDay = 86_400_000_000_000;

    public static void PlainBooleans(ReadOnlySpan<byte> page, Span<long> into)
    {
        Need(page, (into.Length + 7) / 8, into.Length);
        for (var i = 0; i < into.Length; i++) into[i] = (page[i >> 3] >> (i & 7)) & 1;
    }

    public static void PlainInt32(ReadOnlySpan<byte> page, bool unsigned, Span<long> into)
    {
        Need(page, (long)into.Length * sizeof(int), into.Length);
        var values = MemoryMarshal.Cast<byte, int>(page);
        if (unsigned) for (var i = 0; i < into.Length; i++) into[i] = (uint)values[i];
        else for (var i = 0; i < into.Length; i++) into[i] = values[i];
    }

    public static void PlainInt64(ReadOnlySpan<byte> page, Span<long> into)
    {
        Need(page, (long)into.Length * sizeof(long), into.Length);
        MemoryMarshal.Cast<byte, long>(page)[..into.Length].CopyTo(into);
    }

    /// <summary>The old timestamps: nanoseconds of a day and a Julian day number; given as nanoseconds since 1970.</summary>
    public static void PlainInt96(ReadOnlySpan<byte> page, Span<long> into)
    {
        Need(page, (long)into.Length * Int96Size, into.Length);
        for (var i = 0; i < into.Length; i++)
        {
            var value = page.Slice(i * Int96Size, Int96Size);
            var days = BinaryPrimitives.ReadUInt32LittleEndian(value[sizeof(long)..]) - JulianUnixEpoch;
            into[i] = unchecked(days * NanosecondsPerDay + BinaryPrimitives.ReadInt64LittleEndian(value));
        }
    }

    public static void PlainFloat(ReadOnlySpan<byte> page, Span<double> into)
    {
        Need(page, (long)into.Length * sizeof(float), into.Length);
        var values = MemoryMarshal.Cast<byte, float>(page);
        for (var i = 0; i < into.Length; i++) into[i] = values[i];
    }

    public static void PlainDouble(ReadOnlySpan<byte> page, Span<double> into)
    {
        Need(page, (long)into.Length * sizeof(double), into.Length);
        MemoryMarshal.Cast<byte, double>(page)[..into.Length].CopyTo(into);
    }

    /// <summary>BYTE_STREAM_SPLIT: byte k of all values lies together; afterwards the page reads as PLAIN.</summary>
    public static void Merge(ReadOnlySpan<byte> page, int size, int count, Span<byte> plain)
    {
        if (page.Length != (long)size * count) throw new CorruptDataException($"a split page of {page.Length} bytes claims {count} values of {size} bytes");
        for (var stream = 0; stream < size; stream++)
        {
            var bytes = page.Slice(stream * count, count);
            for (var i = 0; i < count; i++) plain[i * size + stream] = bytes[i];
        }
    }

    private static void Need(ReadOnlySpan<byte> page, long bytes, int count)
    {
        if (page.Length < bytes) throw new CorruptDataException($"a page of {page.Length} bytes claims {count} values, which take {bytes}");
    }
}
