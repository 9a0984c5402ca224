using MammutScale.DataLoader.Parquet.Encodings;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>Byte strings of any or of fixed length.</summary>
/// <param name="rent">Memory for values that do not lie in one piece in their page.</param>
internal sealed class ByteValueReader(SchemaLeaf leaf, Func<int, byte[]> rent) : ValueReader<ByteValue>(leaf)
{
    private bool Fixed => Leaf.Type == PhysicalType.FixedLengthByteArray;

    protected override int PlainBits => 8 * (Fixed ? Leaf.TypeLength : sizeof(int));

    protected override void Decode(ValueEncoding encoding, ByteValue page, Span<ByteValue> into)
    {
        switch (encoding)
        {
            case ValueEncoding.Plain when Fixed:
                ByteArrayDecoder.Fixed(page, Leaf.TypeLength, into);
                break;
            case ValueEncoding.Plain:
                ByteArrayDecoder.Plain(page, into);
                break;
            case ValueEncoding.DeltaLengthByteArray when !Fixed:
                ByteArrayDecoder.DeltaLength(page, into);
                break;
            case ValueEncoding.DeltaByteArray:
                ByteArrayDecoder.DeltaPrefix(page, into, rent);
                if (Fixed) CheckLengths(into);
                break;
            case ValueEncoding.ByteStreamSplit when Fixed:
                var plain = rent(page.Length);
                NumberDecoder.Merge(page.Span, Leaf.TypeLength, into.Length, plain);
                ByteArrayDecoder.Fixed(new ByteValue(plain, 0, page.Length), Leaf.TypeLength, into);
                break;
            default:
                throw Unsupported(encoding);
        }
    }

    private void CheckLengths(ReadOnlySpan<ByteValue> values)
    {
        foreach (var value in values)
        {
            if (value.Length != Leaf.TypeLength)
                throw new Faults.CorruptDataException($"a page holds a value of {value.Length} bytes in a column of {Leaf.TypeLength}");
        }
    }
}
