using System.Buffers.Binary;
using System.Numerics;

namespace MammutScale.DataLoader.Video.Containers;

/// <summary>Goes through elements that lie side by side (EBML, RFC 8794).</summary>
internal ref struct EbmlElements(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>With its length marker, as tables print it.</summary>
    internal uint Id { get; private set; }

    /// <summary>Empty for an element of unknown length: its children follow as if they were siblings.</summary>
    internal ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>An element is longer than what is left of the bytes; it was the last.</summary>
    internal bool Cut { get; private set; }

    /// <summary>Something that is no element; nothing behind it can be found.</summary>
    internal bool Damaged { get; private set; }

    internal bool Next()
    {
        if (_rest.IsEmpty || Cut || Damaged) return false;
        int idLength = BitOperations.LeadingZeroCount((uint)_rest[0] << 24) + 1;
        if (idLength > 4)
        {
            Damaged = true;
            return false;
        }
        if (_rest.Length <= idLength) { Cut = true; return false; }
        uint id = 0;
        foreach (byte b in _rest[..idLength]) id = (id << 8) | b;
        Id = id;
        if (!TryNumber(_rest[idLength..], out ulong length, out int lengthBytes, out bool unknown))
        {
            (Cut, Damaged) = (_rest[idLength] != 0, _rest[idLength] == 0);
            return false;
        }
        var behind = _rest[(idLength + lengthBytes)..];
        if (unknown) length = 0;
        Cut = length > (ulong)behind.Length;
        int taken = Cut ? behind.Length : (int)length;
        Body = behind[..taken];
        _rest = behind[taken..];
        return true;
    }

    /// <summary>A number of one to eight bytes behind its length marker.</summary>
    /// <param name="unknown">All bits are set: a length that was not known when it was written.</param>
    internal static bool TryNumber(ReadOnlySpan<byte> data, out ulong value, out int bytes, out bool unknown)
    {
        (value, unknown) = (0, false);
        bytes = data.IsEmpty || data[0] == 0 ? 9 : BitOperations.LeadingZeroCount((uint)data[0] << 24) + 1;
        if (bytes > 8 || bytes > data.Length) return false;
        value = data[0] & (0xFFu >> bytes);
        foreach (byte b in data[1..bytes]) value = (value << 8) | b;
        unknown = value == (1UL << (7 * bytes)) - 1;
        return true;
    }

    internal static ulong Unsigned(ReadOnlySpan<byte> body)
    {
        ulong value = 0;
        foreach (byte b in body[..Math.Min(8, body.Length)]) value = (value << 8) | b;
        return value;
    }

    internal static double Float(ReadOnlySpan<byte> body) => body.Length switch
    {
        4 => BinaryPrimitives.ReadSingleBigEndian(body),
        8 => BinaryPrimitives.ReadDoubleBigEndian(body),
        _ => 0,
    };
}
