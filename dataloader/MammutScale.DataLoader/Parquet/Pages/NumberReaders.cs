using System.Buffers;
using MammutScale.DataLoader.Parquet.Encodings;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>Booleans and integers of every width, as 64-bit integers.</summary>
internal sealed class IntegerReader(SchemaLeaf leaf) : ValueReader<long>(leaf)
{
    protected override int PlainBits => Leaf.Type switch { PhysicalType.Boolean => 1, PhysicalType.Int32 => 32, PhysicalType.Int64 => 64, _ => 96 };

    protected override void Decode(ValueEncoding encoding, ByteValue page, Span<long> into)
    {
        switch (encoding, Leaf.Type)
        {
            case (ValueEncoding.Plain, PhysicalType.Boolean):
                NumberDecoder.PlainBooleans(page.Span, into);
                break;
            case (ValueEncoding.RunLength, PhysicalType.Boolean):
                DecodeRuns(page, into);
                break;
            case (ValueEncoding.Plain, PhysicalType.Int32):
                NumberDecoder.PlainInt32(page.Span, Leaf.Unsigned, into);
                break;
            case (ValueEncoding.Plain, PhysicalType.Int64):
                NumberDecoder.PlainInt64(page.Span, into);
                break;
            case (ValueEncoding.Plain, PhysicalType.Int96):
                NumberDecoder.PlainInt96(page.Span, into);
                break;
            case (ValueEncoding.DeltaBinaryPacked, PhysicalType.Int32 or PhysicalType.Int64):
                var source = new ByteSource(page.Span);
                DeltaDecoder.Decode(ref source, into, narrow: Leaf.Type == PhysicalType.Int32);
                if (Leaf is { Type: PhysicalType.Int32, Unsigned: true }) foreach (ref var value in into) value = unchecked((uint)value);
                break;
            case (ValueEncoding.ByteStreamSplit, PhysicalType.Int32 or PhysicalType.Int64):
                var plain = ArrayPool<byte>.Shared.Rent(page.Length);
                NumberDecoder.Merge(page.Span, PlainBits / 8, into.Length, plain);
                Decode(ValueEncoding.Plain, new ByteValue(plain, 0, page.Length), into);
                ArrayPool<byte>.Shared.Return(plain);
                break;
            default:
                throw Unsupported(encoding);
        }
    }

    private static void DecodeRuns(ByteValue page, Span<long> into)
    {
        var source = new ByteSource(page.Span);
        var runs = source.Take(source.TakeLength());
        var bits = ArrayPool<int>.Shared.Rent(into.Length);
        try
        {
            RunLengthDecoder.Decode(runs, 1, bits.AsSpan(0, into.Length), 2, "boolean");
            for (var i = 0; i < into.Length; i++) into[i] = bits[i];
        }
        finally
        {
            ArrayPool<int>.Shared.Return(bits);
        }
    }
}

/// <summary>Single and double precision, as doubles.</summary>
internal sealed class FloatingReader(SchemaLeaf leaf) : ValueReader<double>(leaf)
{
    protected override int PlainBits => Leaf.Type == PhysicalType.Float ? 32 : 64;

    protected override void Decode(ValueEncoding encoding, ByteValue page, Span<double> into)
    {
        switch (encoding)
        {
            case ValueEncoding.Plain when Leaf.Type == PhysicalType.Float:
                NumberDecoder.PlainFloat(page.Span, into);
                break;
            case ValueEncoding.Plain:
                NumberDecoder.PlainDouble(page.Span, into);
                break;
            case ValueEncoding.ByteStreamSplit:
                var plain = ArrayPool<byte>.Shared.Rent(page.Length);
                NumberDecoder.Merge(page.Span, PlainBits / 8, into.Length, plain);
                Decode(ValueEncoding.Plain, new ByteValue(plain, 0, page.Length), into);
                ArrayPool<byte>.Shared.Return(plain);
                break;
            default:
                throw Unsupported(encoding);
        }
    }
}
