using System.Buffers.Binary;

namespace MammutScale.DataLoader.Video.Containers;

/// <summary>Goes through boxes that lie side by side (ISO/IEC 14496-12, section 4.2).</summary>
internal ref struct Mp4Boxes(ReadOnlySpan<byte> data)
{
    private const uint ToTheEnd = 0, LongSize = 1;

    private ReadOnlySpan<byte> _rest = data;

    /// <summary>Four letters.</summary>
    internal uint Type { get; private set; }

    internal ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>A box is longer than what is left of the bytes; it was the last.</summary>
    internal bool Cut { get; private set; }

    /// <summary>A box has an impossible length; nothing behind it can be found.</summary>
    internal bool Damaged { get; private set; }

    internal static uint Name(ReadOnlySpan<byte> letters) => BinaryPrimitives.ReadUInt32BigEndian(letters);

    internal bool Next()
    {
        if (_rest.IsEmpty || Cut || Damaged) return false;
        if (_rest.Length < 8)
        {
            Cut = true;
            return false;
        }
        ulong size = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        Type = BinaryPrimitives.ReadUInt32BigEndian(_rest[4..]);
        int head = 8;
        if (size == LongSize)
        {
            head = 16;
            if (_rest.Length < head) { Cut = true; return false; }
            size = BinaryPrimitives.ReadUInt64BigEndian(_rest[8..]);
        }
        else if (size == ToTheEnd) size = (ulong)_rest.Length;
        if (size < (ulong)head)
        {
            Damaged = true;
            return false;
        }
        Cut = size > (ulong)_rest.Length;
        int taken = Cut ? _rest.Length : (int)size;
        Body = _rest[head..taken];
        _rest = _rest[taken..];
        return true;
    }

    /// <summary>The first box of a kind within these bytes; empty when there is none.</summary>
    internal static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> data, ReadOnlySpan<byte> letters)
    {
        var boxes = new Mp4Boxes(data);
        uint wanted = Name(letters);
        while (boxes.Next())
            if (boxes.Type == wanted) return boxes.Body;
        return default;
    }
}
