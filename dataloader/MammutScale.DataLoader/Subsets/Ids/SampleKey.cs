using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace MammutScale.DataLoader.Subsets.Ids;

/// <summary>
/// An id of a sample in 128 bits, the same whichever way it is written: 32 hex digits (DataComp's uid), the two 64-bit halves
/// that DataComp's subset files hold, other text, or an integer (the text of its digits). Other text is hashed: two of a
/// billion ids share a value with a chance of 10⁻²¹.
/// </summary>
internal static class SampleKey
{
    private const int HexDigits = 32;

    public static UInt128 OfHalves(ulong high, ulong low) => new(high, low);

    public static UInt128 OfInteger(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var written);
        return Hash(digits[..written]);
    }

    public static UInt128 OfUnsigned(ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var written);
        return Hash(digits[..written]);
    }

    public static UInt128 OfText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == HexDigits
            && ulong.TryParse(utf8[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            && ulong.TryParse(utf8[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
            return new UInt128(high, low);
        return Hash(utf8);
    }

    private static UInt128 Hash(ReadOnlySpan<byte> utf8)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, digest);
        return new UInt128(BitConverter.ToUInt64(digest), BitConverter.ToUInt64(digest[8..]));
    }
}
