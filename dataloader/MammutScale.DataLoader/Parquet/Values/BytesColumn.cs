using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using MammutScale.DataLoader.Parquet.Encodings;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Values;

/// <summary>Pictures, text, and numbers that are stored as bytes (decimals, half floats).</summary>
internal sealed class BytesColumn(SchemaLeaf leaf, ColumnLayout layout, ByteValue[] values) : LeafColumn(leaf, layout)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private protected override bool TryBytes(int place, out ReadOnlyMemory<byte> bytes)
    {
        bytes = values[place].Memory;
        return true;
    }

    private protected override bool TryText(int place, out string? text)
    {
        text = null;
        if (Leaf.Kind is LeafKind.Decimal or LeafKind.Floating)
        {
            text = AsNumber(place).ToString(CultureInfo.InvariantCulture);
            return true;
        }

        var bytes = values[place].Span;
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        text = Strict.GetString(bytes);
        return true;
    }

    private protected override double AsNumber(int place)
    {
        var bytes = values[place].Span;
        return Leaf.Kind switch
        {
            LeafKind.Decimal => (double)new BigInteger(bytes, isUnsigned: false, isBigEndian: true) / Math.Pow(10, Leaf.Scale),
            LeafKind.Floating => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            _ => double.TryParse(bytes, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
        };
    }

    private protected override long? AsInteger(int place)
        => Leaf.Kind is LeafKind.Text or LeafKind.Bytes
            ? long.TryParse(values[place].Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer) ? integer : null
            : NumberColumns.Whole(AsNumber(place));
}
