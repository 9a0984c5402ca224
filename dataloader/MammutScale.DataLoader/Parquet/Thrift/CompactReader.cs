using System.Text;
using MammutScale.DataLoader.Parquet.Faults;

namespace MammutScale.DataLoader.Parquet.Thrift;

/// <summary>
/// Thrift compact protocol over a span. Nothing is believed: every length is checked against the bytes that are left before
/// anything is allocated, and nesting is limited, so a hostile footer costs no more than its own size.
/// </summary>
internal ref struct CompactReader(ReadOnlySpan<byte> data)
{
    private const int MaxDepth = 32;
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    /// <summary>Bytes consumed.</summary>
    public readonly int Position => _at;

    private readonly int Left => _data.Length - _at;

    /// <summary>The next field of a struct; false at its end. <paramref name="id"/> starts at 0 and carries from field to field.</summary>
    public bool NextField(ref short id, out CompactType type)
    {
        var head = ReadByte();
        type = (CompactType)(head & 0x0F);
        if (type == CompactType.Stop) return false;
        if (type > CompactType.Uuid) throw new CorruptDataException($"metadata holds an unknown field type {(int)type}");
        var delta = head >> 4;
        id = delta != 0 ? checked((short)(id + delta)) : checked((short)ReadZigZag());
        return true;
    }

    public static bool ReadBool(CompactType type) => type switch
    {
        CompactType.True => true,
        CompactType.False => false,
        _ => throw Mismatch("a boolean", type),
    };

    public long ReadInt64(CompactType type) => type switch
    {
        CompactType.Int16 or CompactType.Int32 or CompactType.Int64 => ReadZigZag(),
        CompactType.Byte => (sbyte)ReadByte(),
        _ => throw Mismatch("an integer", type),
    };

    public int ReadInt32(CompactType type)
    {
        var value = ReadInt64(type);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value
            : throw new CorruptDataException($"metadata holds {value} where a 32-bit number belongs");
    }

    public ReadOnlySpan<byte> ReadBinary(CompactType type)
    {
        if (type != CompactType.Binary) throw Mismatch("a string", type);
        var length = ReadVarint();
        if (length > (ulong)Left) throw new CorruptDataException($"metadata claims a string of {length} bytes where {Left} are left");
        var span = _data.Slice(_at, (int)length);
        _at += (int)length;
        return span;
    }

    public string ReadString(CompactType type) => Encoding.UTF8.GetString(ReadBinary(type));

    /// <summary>Number of elements; each takes one byte at least, so it is bounded by what is left.</summary>
    public int ReadListHeader(CompactType type, out CompactType element)
    {
        if (type is not (CompactType.List or CompactType.Set)) throw Mismatch("a list", type);
        var head = ReadByte();
        element = (CompactType)(head & 0x0F);
        var count = head >> 4 == 15 ? ReadVarint() : (ulong)(head >> 4);
        return count <= (ulong)Left ? (int)count
            : throw new CorruptDataException($"metadata claims a list of {count} elements where {Left} bytes are left");
    }

    /// <summary>A list element's type must be a struct; its fields are then read with <see cref="NextField"/>.</summary>
    public static void ExpectStruct(CompactType type)
    {
        if (type != CompactType.Struct) throw Mismatch("a struct", type);
    }

    public void Skip(CompactType type, int depth = 0, bool inList = false)
    {
        if (depth > MaxDepth) throw new CorruptDataException($"metadata is nested deeper than {MaxDepth} levels");
        switch (type)
        {
            case CompactType.True or CompactType.False:
                if (inList) ReadByte();
                break;
            case CompactType.Byte:
                ReadByte();
                break;
            case CompactType.Int16 or CompactType.Int32 or CompactType.Int64:
                ReadVarint();
                break;
            case CompactType.Double:
                Advance(8);
                break;
            case CompactType.Uuid:
                Advance(16);
                break;
            case CompactType.Binary:
                ReadBinary(type);
                break;
            case CompactType.List or CompactType.Set:
                var count = ReadListHeader(type, out var element);
                for (var i = 0; i < count; i++) Skip(element, depth + 1, inList: true);
                break;
            case CompactType.Map:
                SkipMap(depth);
                break;
            case CompactType.Struct:
                short id = 0;
                while (NextField(ref id, out var field)) Skip(field, depth + 1);
                break;
            default:
                throw new CorruptDataException($"metadata holds an unknown type {(int)type}");
        }
    }

    private void SkipMap(int depth)
    {
        var count = ReadVarint();
        if (count == 0) return;
        if (count > (ulong)Left) throw new CorruptDataException($"metadata claims a map of {count} entries where {Left} bytes are left");
        var types = ReadByte();
        for (var i = 0UL; i < count; i++)
        {
            Skip((CompactType)(types >> 4), depth + 1, inList: true);
            Skip((CompactType)(types & 0x0F), depth + 1, inList: true);
        }
    }

    private long ReadZigZag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0) return value;
        }

        throw new CorruptDataException("metadata holds a number longer than 64 bits");
    }

    private byte ReadByte() => _at < _data.Length ? _data[_at++] : throw new CorruptDataException("metadata ends in the middle of a field");

    private void Advance(int count)
    {
        if (count > Left) throw new CorruptDataException("metadata ends in the middle of a field");
        _at += count;
    }

    private static CorruptDataException Mismatch(string expected, CompactType found)
        => new($"metadata holds a field of type {found} where {expected} belongs");
}
