using System.Buffers.Binary;
using MammutScale.DataLoader.Parquet.Faults;

namespace MammutScale.DataLoader.Parquet.Encodings;

/// <summary>A cursor over a page's bytes that refuses to leave them.</summary>
internal ref struct ByteSource(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    public int Position { get; private set; }

    public readonly int Left => _data.Length - Position;

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Left) throw new CorruptDataException($"a page needs {count} more bytes where {Left} are left");
        var span = _data.Slice(Position, count);
        Position += count;
        return span;
    }

    public ReadOnlySpan<byte> TakeRest() => Take(Left);

    public byte TakeByte() => Take(1)[0];

    public int TakeLength()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));
        return length >= 0 && length <= Left ? length
            : throw new CorruptDataException($"a page claims a value of {length} bytes where {Left} are left");
    }

    public ulong TakeVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = TakeByte();
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0) return value;
        }

        throw new CorruptDataException("a page holds a number longer than 64 bits");
    }

    public int TakeCount(string what)
    {
        var value = TakeVarint();
        return value <= int.MaxValue ? (int)value : throw new CorruptDataException($"a page claims {value} {what}");
    }

    public long TakeZigZag()
    {
        var value = TakeVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
