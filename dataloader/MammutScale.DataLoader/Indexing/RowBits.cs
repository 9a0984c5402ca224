using System.Buffers.Binary;
using System.Numerics;

namespace MammutScale.DataLoader.Indexing;

/// <summary>
/// The selected rows of one row group in few bytes: nothing when all or none are selected, otherwise the shortest of one bit a
/// row, the gaps between selected rows, and the gaps between rows left out. Idea: Roaring bitmaps (Lemire et al. 2016).
/// </summary>
internal static class RowBits
{
    private const byte Raw = 0;
    private const byte SelectedGaps = 1;
    private const byte OmittedGaps = 2;

    /// <param name="bits">One bit a row, from the lowest bit of the first word.</param>
    public static byte[] Encode(ReadOnlySpan<ulong> bits, int rows, int selected)
    {
        if (selected == 0 || selected == rows)
            return [];
        var raw = 1 + ((rows + 7) / 8);
        var sparse = selected <= rows / 2;
        var gaps = Gaps(bits, rows, sparse, raw);
        if (gaps is not null)
            return [sparse ? SelectedGaps : OmittedGaps, .. gaps];
        var encoded = new byte[raw];
        encoded[0] = Raw;
        for (var i = 0; i < raw - 1; i++)
            encoded[i + 1] = (byte)(bits[i / 8] >> (i % 8 * 8));
        return encoded;
    }

    /// <summary>Writes rows number <paramref name="first"/>, first + 1, … of the selected ones.</summary>
    /// <param name="encoded">Empty when all rows are selected.</param>
    public static void Rows(ReadOnlySpan<byte> encoded, int first, Span<int> rows)
    {
        if (encoded.IsEmpty)
            for (var i = 0; i < rows.Length; i++)
                rows[i] = first + i;
        else if (encoded[0] == Raw)
            RawRows(encoded[1..], first, rows);
        else if (encoded[0] == SelectedGaps)
            SelectedRows(encoded[1..], first, rows);
        else
            RowsBetweenOmitted(encoded[1..], first, rows);
    }

    /// <summary>Gaps as variable-length integers; null when they take no fewer than <paramref name="limit"/> bytes.</summary>
    private static List<byte>? Gaps(ReadOnlySpan<ulong> bits, int rows, bool ofSelected, int limit)
    {
        var gaps = new List<byte>();
        var last = -1;
        for (var row = 0; row < rows; row++)
        {
            if ((bits[row >> 6] >> (row & 63) & 1) != 0 != ofSelected)
                continue;
            var gap = (uint)(row - last - 1);
            for (last = row; gap >= 0x80; gap >>= 7)
                gaps.Add((byte)(gap | 0x80));
            gaps.Add((byte)gap);
            if (gaps.Count + 1 >= limit)
                return null;
        }

        return gaps;
    }

    private static void RawRows(ReadOnlySpan<byte> bits, int first, Span<int> rows)
    {
        var at = 0;
        for (; at + 8 <= bits.Length; at += 8)
        {
            var here = BitOperations.PopCount(BinaryPrimitives.ReadUInt64LittleEndian(bits[at..]));
            if (first < here)
                break;
            first -= here;
        }

        var found = 0;
        for (; found < rows.Length; at++)
            for (int rest = bits[at]; rest != 0 && found < rows.Length; rest &= rest - 1)
                if (first-- <= 0)
                    rows[found++] = (at * 8) + BitOperations.TrailingZeroCount(rest);
    }

    private static void SelectedRows(ReadOnlySpan<byte> gaps, int first, Span<int> rows)
    {
        int row = -1, at = 0;
        for (var number = 0; number < first + rows.Length; number++)
        {
            row += Gap(gaps, ref at) + 1;
            if (number >= first)
                rows[number - first] = row;
        }
    }

    private static void RowsBetweenOmitted(ReadOnlySpan<byte> gaps, int first, Span<int> rows)
    {
        int row = 0, at = 0, found = 0;
        while (found < rows.Length)
        {
            // a run of selected rows up to the next one left out; after the last of those there is no end
            var run = at < gaps.Length ? Gap(gaps, ref at) : int.MaxValue;
            var skip = Math.Min(first, run);
            for (var i = skip; i < run && found < rows.Length; i++)
                rows[found++] = row + i;
            first -= skip;
            row += run == int.MaxValue ? 0 : run + 1;
        }
    }

    private static int Gap(ReadOnlySpan<byte> gaps, ref int at)
    {
        int value = 0, shift = 0;
        while (true)
        {
            var part = gaps[at++];
            value |= (part & 0x7F) << shift;
            if (part < 0x80)
                return value;
            shift += 7;
        }
    }
}
