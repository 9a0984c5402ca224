using System.Buffers.Binary;
using MammutScale.DataLoader.Parquet.Faults;

namespace MammutScale.DataLoader.Parquet.Encodings;

/// <summary>Byte strings of a page, as slices of its buffer wherever the encoding leaves them in one piece.</summary>
internal static class ByteArrayDecoder
{
    private const int MaxPrefixedBytes = 1 << 30;

    public static void Plain(ByteValue page, Span<ByteValue> into)
    {
        var (buffer, at, end) = (page.Buffer, page.Offset, page.Offset + page.Length);
        foreach (ref var value in into)
        {
            if (end - at < sizeof(int)) throw new CorruptDataException($"a page ends after {end - page.Offset} bytes in the middle of its {into.Length} values");
            var length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at));
            at += sizeof(int);
            if ((uint)length > (uint)(end - at)) throw new CorruptDataException($"a page claims a value of {length} bytes where {end - at} are left");
            value = new ByteValue(buffer, at, length);
            at += length;
        }
    }

    public static void Fixed(ByteValue page, int size, Span<ByteValue> into)
    {
        if ((long)size * into.Length > page.Length) throw new CorruptDataException($"a page of {page.Length} bytes claims {into.Length} values of {size} bytes");
        for (var i = 0; i < into.Length; i++) into[i] = new ByteValue(page.Buffer, page.Offset + i * size, size);
    }

    public static void DeltaLength(ByteValue page, Span<ByteValue> into)
    {
        var source = new ByteSource(page.Span);
        var lengths = Lengths(ref source, into.Length);
        Slice(page, source.Position, lengths, into);
    }

    /// <summary>Shared prefixes are counted in bytes, across characters. The values are put together in a new buffer.</summary>
    public static void DeltaPrefix(ByteValue page, Span<ByteValue> into, Func<int, byte[]> rent)
    {
        var source = new ByteSource(page.Span);
        var prefixes = Lengths(ref source, into.Length);
        var suffixes = Lengths(ref source, into.Length);
        var total = 0L;
        for (var i = 0; i < into.Length; i++) total += prefixes[i] + suffixes[i];
        if (total > MaxPrefixedBytes) throw new CorruptDataException($"a prefix-encoded page unfolds to {total} bytes, more than the {MaxPrefixedBytes} that are allowed");
        var buffer = rent((int)total);
        var at = 0;
        var previous = default(ByteValue);
        for (var i = 0; i < into.Length; i++)
        {
            if (prefixes[i] > previous.Length) throw new CorruptDataException($"a prefix-encoded page shares {prefixes[i]} bytes with a value of {previous.Length}");
            var suffix = source.Take((int)suffixes[i]);
            var value = new ByteValue(buffer, at, (int)(prefixes[i] + suffixes[i]));
            if (prefixes[i] > 0) previous.Span[..(int)prefixes[i]].CopyTo(buffer.AsSpan(at));
            suffix.CopyTo(buffer.AsSpan(at + (int)prefixes[i]));
            into[i] = previous = value;
            at += value.Length;
        }
    }

    private static long[] Lengths(ref ByteSource source, int count)
    {
        var claimed = DeltaDecoder.PeekCount(source);
        if (claimed != count) throw new CorruptDataException($"a page holds {claimed} lengths where {count} are expected");
        var lengths = new long[count];
        DeltaDecoder.Decode(ref source, lengths, narrow: true);
        foreach (var length in lengths)
        {
            if (length < 0) throw new CorruptDataException($"a page claims a value of {length} bytes");
        }

        return lengths;
    }

    private static void Slice(ByteValue page, int start, long[] lengths, Span<ByteValue> into)
    {
        long at = start;
        for (var i = 0; i < into.Length; i++)
        {
            if (lengths[i] > page.Length - at) throw new CorruptDataException($"a page claims a value of {lengths[i]} bytes where {page.Length - at} are left");
            into[i] = new ByteValue(page.Buffer, page.Offset + (int)at, (int)lengths[i]);
            at += lengths[i];
        }
    }
}
