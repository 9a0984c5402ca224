using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MammutScale.DataLoader.Parquet.Compression;

/// <summary>
/// Unpacks a Snappy block (google/snappy, format_description.txt) straight into its place. Compressed pictures are long
/// literals, which this copies once; a general library copies them through a window of its own.
/// </summary>
internal static class SnappyBlock
{
    private const int Width = 16;

    /// <returns>Bytes written; −1 when the block is damaged or does not have <paramref name="target"/>'s length.</returns>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (!TryReadLength(source, out var at, out var length) || length != (uint)target.Length) return -1;
        var done = 0;
        while (at < source.Length)
        {
            var tag = source[at++];
            if ((tag & 3) == 0)
            {
                if (!TryLiteral(source, ref at, tag, target[done..], out var copied)) return -1;
                done += copied;
                continue;
            }

            if (!TryReadCopy(source, ref at, tag, out var offset, out var count)) return -1;
            if (offset == 0 || offset > (uint)done || count > target.Length - done) return -1;
            Repeat(target, done, (int)offset, count);
            done += count;
        }

        return done == target.Length ? done : -1;
    }

    /// <summary>The length before the first tag, a varint of up to 32 bits.</summary>
    private static bool TryReadLength(ReadOnlySpan<byte> source, out int at, out uint length)
    {
        length = 0;
        for (at = 0; at < source.Length && at < 5;)
        {
            var value = source[at];
            if (at == 4 && value > 15) return false;
            length |= (uint)(value & 127) << (7 * at++);
            if (value < 128) return true;
        }

        return false;
    }

    private static bool TryLiteral(ReadOnlySpan<byte> source, ref int at, byte tag, Span<byte> target, out int count)
    {
        count = 0;
        long length = (tag >> 2) + 1;
        if (length > 60)
        {
            var bytes = (int)length - 60;
            if (source.Length - at < bytes) return false;
            length = 1;
            for (var i = 0; i < bytes; i++) length += (long)source[at + i] << (8 * i);
            at += bytes;
        }

        if (length > source.Length - at || length > target.Length) return false;
        count = (int)length;
        source.Slice(at, count).CopyTo(target);
        at += count;
        return true;
    }

    private static bool TryReadCopy(ReadOnlySpan<byte> source, ref int at, byte tag, out uint offset, out int count)
    {
        var bytes = (tag & 3) switch { 1 => 1, 2 => 2, _ => 4 };
        count = bytes == 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
        offset = 0;
        if (source.Length - at < bytes) return false;
        for (var i = 0; i < bytes; i++) offset |= (uint)source[at + i] << (8 * i);
        if (bytes == 1) offset |= (uint)(tag >> 5) << 8;
        at += bytes;
        return true;
    }

    /// <summary>Copies what was written <paramref name="offset"/> bytes before; the two may overlap, which repeats a pattern.</summary>
    private static void Repeat(Span<byte> target, int done, int offset, int count)
    {
        if (offset >= Width && target.Length - done >= count + Width)
        {
            // in whole vectors, past the end if need be: what is written too much is written over later
            ref var to = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), done);
            ref var from = ref Unsafe.Subtract(ref to, offset);
            for (var i = 0; i < count; i += Width) Vector128.LoadUnsafe(ref from, (nuint)i).StoreUnsafe(ref to, (nuint)i);
            return;
        }

        for (var copied = 0; copied < count;)
        {
            // each round doubles the pattern that can be copied without overlap
            var step = Math.Min(offset + copied, count - copied);
            target.Slice(done - offset, step).CopyTo(target.Slice(done + copied, step));
            copied += step;
        }
    }
}
