using System.Buffers;
using MammutScale.DataLoader.Parquet.Encodings;
using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>Collects the values of a chunk, page after page, with or without its dictionary.</summary>
internal abstract class ValueReader<T>(SchemaLeaf leaf)
{
    private T[]? _dictionary;

    protected SchemaLeaf Leaf { get; } = leaf;

    /// <summary>Smallest number of bytes that a PLAIN value takes, in bits.</summary>
    protected abstract int PlainBits { get; }

    public T[] Values { get; private set; } = [];

    public int Count { get; private set; }

    public void ReadDictionary(in PageHeader header, ByteValue page)
    {
        if (_dictionary is not null) throw new CorruptDataException("it has two dictionary pages");
        if (header.Encoding is not (ValueEncoding.Plain or ValueEncoding.PlainDictionary)) throw new CorruptDataException($"its dictionary is encoded as {header.Encoding}");
        if ((long)header.Values * PlainBits > page.Length * 8L) throw new CorruptDataException($"a dictionary of {page.Length} bytes claims {header.Values} values");
        var dictionary = new T[header.Values];
        Decode(ValueEncoding.Plain, page, dictionary);
        _dictionary = dictionary;
    }

    /// <summary>Lets go of the values read so far; the dictionary stays.</summary>
    public void Forget() => Count = 0;

    /// <summary>Appends <paramref name="count"/> values.</summary>
    public void Read(ValueEncoding encoding, ByteValue page, int count)
    {
        if (count == 0) return;
        if (encoding is ValueEncoding.PlainDictionary or ValueEncoding.RunLengthDictionary)
        {
            ReadIndices(page, Reserve(count));
            return;
        }

        if (encoding == ValueEncoding.Plain && (long)count * PlainBits > page.Length * 8L)
            throw new CorruptDataException($"a page of {page.Length} bytes claims {count} values");
        Decode(encoding, page, Reserve(count));
    }

    protected abstract void Decode(ValueEncoding encoding, ByteValue page, Span<T> into);

    protected CorruptDataException Unsupported(ValueEncoding encoding) => new($"a page stores {Leaf.Type} values as {encoding}, which the format does not allow");

    private void ReadIndices(ByteValue page, Span<T> into)
    {
        var dictionary = _dictionary ?? throw new CorruptDataException("a page refers to a dictionary that is not there");
        if (page.Length == 0) throw new CorruptDataException("a page of dictionary indices is empty");
        var indices = ArrayPool<int>.Shared.Rent(into.Length);
        try
        {
            var wanted = indices.AsSpan(0, into.Length);
            RunLengthDecoder.Decode(page.Span[1..], page.Span[0], wanted, dictionary.Length, "dictionary index");
            for (var i = 0; i < wanted.Length; i++) into[i] = dictionary[wanted[i]];
        }
        finally
        {
            ArrayPool<int>.Shared.Return(indices);
        }
    }

    private Span<T> Reserve(int count)
    {
        var needed = checked(Count + count);
        if (needed > Values.Length)
        {
            var grown = new T[Values.Length == 0 ? needed : Math.Max(needed, (int)Math.Min(Array.MaxLength, Values.Length * 2L))];
            Values.AsSpan(0, Count).CopyTo(grown);
            Values = grown;
        }

        var span = Values.AsSpan(Count, count);
        Count = needed;
        return span;
    }
}
