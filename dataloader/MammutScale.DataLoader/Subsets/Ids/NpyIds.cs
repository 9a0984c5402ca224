using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MammutScale.DataLoader.Subsets.Ids;

/// <summary>
/// Reads ids from NumPy's .npy (format: numpy.lib.format, versions 1 to 3): DataComp's pairs of unsigned 64-bit halves
/// (<c>[('f0', '&lt;u8'), ('f1', '&lt;u8')]</c> or shape (N, 2)), integers, fixed-width text.
/// </summary>
internal static partial class NpyIds
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public static bool IsNpy(ReadOnlySpan<byte> head) => head.StartsWith(Magic);

    /// <exception cref="SubsetException">Not such a file, or of another type.</exception>
    public static UInt128[] Read(Stream stream, string file)
    {
        var head = new byte[12];
        if (stream.ReadAtLeast(head, 10, throwOnEndOfStream: false) < 10 || !IsNpy(head))
            throw new SubsetException($"only: {file} is not a .npy file");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(8)), taken = 2;
        if (head[6] > 1)
            (length, taken) = (BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8)), 0);
        else
            stream.Position = 10;
        if (length is < 0 or > 1 << 20)
            throw new SubsetException($"only: {file} has a header of {length} bytes, which cannot be right");
        stream.Position = 12 - taken;
        var header = new byte[length];
        if (stream.ReadAtLeast(header, length, throwOnEndOfStream: false) < length)
            throw new SubsetException($"only: {file} ends inside its header");
        return Read(stream, file, Encoding.UTF8.GetString(header));
    }

    private static UInt128[] Read(Stream stream, string file, string header)
    {
        var shape = Shape().Match(header);
        var numbers = shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (!shape.Success || !long.TryParse(numbers.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            throw new SubsetException($"only: {file} says nothing about its shape: {header.Trim()}");
        var columns = numbers.Length > 1 ? numbers[1] : "1";
        var element = Element.Of(Descr().Match(header).Groups[1].Value.Trim(), numbers.Length > 1 ? columns : null);
        if (element is null || numbers.Length > 2 || header.Contains("'fortran_order': True", StringComparison.Ordinal))
            throw new SubsetException($"only: {file} holds {header.Trim()}; expected ids: pairs of u8 (DataComp), integers or text (save with numpy.save, without pickling)");
        if (count > Array.MaxLength / 16 || (count * element.Size) > stream.Length - stream.Position)
            throw new SubsetException($"only: {file} announces {count} ids of {element.Size} bytes, but {stream.Length - stream.Position} bytes follow");
        var ids = new UInt128[count];
        var buffer = new byte[element.Size * Math.Max(1, (1 << 20) / element.Size)];
        for (long at = 0; at < count;)
        {
            var part = (int)Math.Min(count - at, buffer.Length / element.Size);
            stream.ReadExactly(buffer.AsSpan(0, part * element.Size));
            for (var i = 0; i < part; i++)
                ids[at + i] = element.Read(buffer.AsSpan(i * element.Size, element.Size));
            at += part;
        }

        return ids;
    }

    [GeneratedRegex("""'shape':\s*\(([^)]*)\)""")]
    private static partial Regex Shape();

    [GeneratedRegex("""'descr':\s*(\[[^\]]*\]|'[^']*')""")]
    private static partial Regex Descr();

    private delegate UInt128 Reader(ReadOnlySpan<byte> bytes);

    private sealed record Element(int Size, Reader Read)
    {
        public static Element? Of(string descr, string? columns)
        {
            var fields = Field().Matches(descr).Select(match => match.Groups[1].Value).ToArray();
            if (fields is [var high, var low] && columns is null && IsHalf(high) && high == low)
                return Pair(high[0] == '>');
            if (fields.Length > 0)
                return null;
            var type = descr.Trim('\'');
            if (columns == "2" && IsHalf(type))
                return Pair(type[0] == '>');
            if (columns is not (null or "1") || type.Length < 3 || !int.TryParse(type[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > 4096)
                return null;
            var big = type[0] == '>';
            return type[1] switch
            {
                'i' when size is 1 or 2 or 4 or 8 => new Element(size, bytes => SampleKey.OfInteger(Signed(Unsigned(bytes, big), size))),
                'u' when size is 1 or 2 or 4 or 8 => new Element(size, bytes => SampleKey.OfUnsigned(Unsigned(bytes, big))),
                'S' => new Element(size, bytes => SampleKey.OfText(bytes.TrimEnd((byte)0))),
                'U' => new Element(size * 4, bytes => SampleKey.OfText(Utf32(bytes, big))),
                _ => null,
            };
        }

        private static bool IsHalf(string type) => type is "<u8" or ">u8";

        private static Element Pair(bool big) => new(16, bytes => big
            ? SampleKey.OfHalves(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]))
            : SampleKey.OfHalves(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])));

        private static ulong Unsigned(ReadOnlySpan<byte> bytes, bool big)
        {
            ulong value = 0;
            for (var i = 0; i < bytes.Length; i++)
                value |= (ulong)bytes[big ? bytes.Length - 1 - i : i] << (8 * i);
            return value;
        }

        private static long Signed(ulong value, int size) => (long)(value << (64 - (8 * size))) >> (64 - (8 * size));

        private static byte[] Utf32(ReadOnlySpan<byte> bytes, bool big) =>
            Encoding.UTF8.GetBytes((big ? new UTF32Encoding(true, false) : Encoding.UTF32).GetString(bytes).TrimEnd('\0'));
    }

    [GeneratedRegex("""\(\s*'[^']*'\s*,\s*'([^']*)'\s*\)""")]
    private static partial Regex Field();
}
