using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>
/// A mark of a set of rows that depends neither on their order nor on how files hold them: the sum modulo 2²⁵⁶ of
/// SHA-256(media bytes, one 0 byte, UTF-8 of the row's text), read as a big-endian number.
/// </summary>
public struct RowDigest
{
    private UInt128 _high;
    private UInt128 _low;

    public void Add(ReadOnlySpan<byte> media, string? text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(media);
        hash.AppendData([0]);
        hash.AppendData(Encoding.UTF8.GetBytes(text ?? ""));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        Add(BinaryPrimitives.ReadUInt128BigEndian(digest), BinaryPrimitives.ReadUInt128BigEndian(digest[16..]));
    }

    public void Add(RowDigest other) => Add(other._high, other._low);

    /// <summary>64 hex digits.</summary>
    public override readonly string ToString()
    {
        Span<byte> bytes = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], _low);
        return Convert.ToHexStringLower(bytes);
    }

    private void Add(UInt128 high, UInt128 low)
    {
        _low = unchecked(_low + low);
        _high = unchecked(_high + high + (_low < low ? UInt128.One : UInt128.Zero));
    }
}
