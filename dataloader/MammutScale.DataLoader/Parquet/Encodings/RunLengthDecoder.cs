using System.Buffers.Binary;
using MammutScale.DataLoader.Parquet.Faults;

namespace MammutScale.DataLoader.Parquet.Encodings;

/// <summary>The hybrid of run lengths and bit-packed groups of eight: levels, dictionary indices, booleans.</summary>
internal static class RunLengthDecoder
{
    private const int Group = 8;
    private const int MaxWidth = 32;

    /// <summary>Fills <paramref name="into"/>; bytes that are left over are not looked at.</summary>
    /// <param name="limit">Values must be below; the message names <paramref name="what"/>.</param>
    public static void Decode(ReadOnlySpan<byte> data, int width, Span<int> into, long limit, string what)
    {
        if (width is < 0 or > MaxWidth) throw new CorruptDataException($"a page packs {what} into {width} bits");
        var source = new ByteSource(data);
        var widthBytes = (width + 7) / 8;
        for (var done = 0; done < into.Length;)
        {
            var head = source.TakeVarint();
            if (head == 0) throw new CorruptDataException($"a page holds an empty run of {what}");
            if ((head & 1) == 0)
            {
                var value = Value(source.Take(widthBytes));
                Check(value, limit, what);
                var run = (int)Math.Min(head >> 1, (ulong)(into.Length - done));
                into.Slice(done, run).Fill((int)value);
                done += run;
            }
            else
            {
                done += Unpack(ref source, head >> 1, width, into[done..], limit, what);
            }
        }
    }

    private static int Unpack(ref ByteSource source, ulong groups, int width, Span<int> into, long limit, string what)
    {
        var count = (int)Math.Min(groups * Group, (ulong)into.Length);
        if (groups > int.MaxValue / Group) count = into.Length;
        // writers may cut the padding of the last group
        var available = (long)source.Left * 8;
        if ((long)count * width > available) throw new CorruptDataException($"a page claims {count} {what} of {width} bits where {source.Left} bytes are left");
        var bytes = source.Take((int)Math.Min((ulong)source.Left, Math.Min(groups, int.MaxValue) * (ulong)width));
        BitUnpacker.Unpack(bytes, width, into[..count]);
        foreach (var value in into[..count]) Check((uint)value, limit, what);
        return count;
    }

    private static uint Value(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[sizeof(uint)];
        padded.Clear();
        bytes.CopyTo(padded);
        return BinaryPrimitives.ReadUInt32LittleEndian(padded);
    }

    private static void Check(uint value, long limit, string what)
    {
        if (value >= limit) throw new CorruptDataException($"a page holds {what} {value} where {limit - 1} is the largest possible");
    }
}
