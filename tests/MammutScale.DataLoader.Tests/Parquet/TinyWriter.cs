using System.Buffers.Binary;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>
/// Writes one column byte by byte, so that a file can say what no library would write: old encodings, places left out, lies.
/// Fields are (number, value): int as i32, long as i64, string, bytes as they are, a list of fields as a struct.
/// </summary>
internal sealed class TinyWriter
{
    private readonly List<byte> _file = [.. "PAR1"u8];
    private long _first = -1;

    public int Codec { get; init; }

    public int Type { get; init; } = 6;

    /// <summary>0 required, 1 optional, 2 repeated.</summary>
    public int Repetition { get; init; } = 1;

    public long? DictionaryOffset { get; init; }

    /// <summary>Adds a page; its header says what is given, true or not.</summary>
    public TinyWriter Page(int type, byte[] body, int field, object[] inner, int? packed = null, int? unpacked = null)
    {
        if (_first < 0) _first = _file.Count;
        _file.AddRange(Struct([(1, type), (2, unpacked ?? body.Length), (3, packed ?? body.Length), (field, inner)]));
        _file.AddRange(body);
        return this;
    }

    public byte[] Finish(long rows, long values)
    {
        var end = _file.Count;
        object[] meta = [(1, Type), (3, new[] { "c" }), (4, Codec), (5, values), (6, end - _first), (7, end - _first), (9, _first)];
        if (DictionaryOffset is { } offset) meta = [.. meta, (11, offset)];
        object[] chunk = [(2, 0L), (3, meta)];
        object[] root = [(4, "root"), (5, 1)];
        object[] leaf = [(1, Type), (3, Repetition), (4, "c")];
        object[] group = [(1, new[] { chunk }), (2, end - _first), (3, rows)];
        var footer = Struct([(1, 1), (2, new[] { root, leaf }), (3, rows), (4, new[] { group })]);
        _file.AddRange(footer);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        _file.AddRange(length);
        _file.AddRange("PAR1"u8);
        return [.. _file];
    }

    /// <summary>A PLAIN byte array.</summary>
    public static byte[] Plain(params string[] texts)
    {
        var bytes = new List<byte>();
        foreach (var text in texts)
        {
            var utf8 = System.Text.Encoding.UTF8.GetBytes(text);
            bytes.AddRange([(byte)utf8.Length, 0, 0, 0, .. utf8]);
        }

        return [.. bytes];
    }

    private static byte[] Struct(IEnumerable<object> fields)
    {
        var bytes = new List<byte>();
        short last = 0;
        foreach (dynamic field in fields)
        {
            (int id, object value) = ((int)field.Item1, (object)field.Item2);
            bytes.Add((byte)((id - last) << 4 | TypeOf(value)));
            last = (short)id;
            bytes.AddRange(Value(value));
        }

        bytes.Add(0);
        return [.. bytes];
    }

    private static int TypeOf(object value) => value switch { int => 5, long => 6, string => 8, object[][] or string[] => 9, object[] => 12, _ => throw new ArgumentException(value.GetType().Name) };

    private static byte[] Value(object value) => value switch
    {
        int i => Varint((ulong)(uint)((i << 1) ^ (i >> 31))),
        long l => Varint((ulong)((l << 1) ^ (l >> 63))),
        string s => [.. Varint((ulong)s.Length), .. System.Text.Encoding.UTF8.GetBytes(s)],
        string[] list => [(byte)(list.Length << 4 | 8), .. list.SelectMany(Value)],
        object[][] list => [(byte)(list.Length << 4 | 12), .. list.SelectMany(Struct)],
        object[] fields => Struct(fields),
        _ => throw new ArgumentException(value.GetType().Name),
    };

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
