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

    private protected override bool TryText(int place, out string? text) => TrySpell(Leaf, values[place].Span, out text);

    private protected override double AsNumber(int place) => NumberOf(Leaf, values[place].Span);

    private protected override long? AsInteger(int place) => IntegerOf(Leaf, values[place].Span);

    /// <summary>A value as text; false when its bytes are not UTF-8.</summary>
    internal static bool TrySpell(SchemaLeaf leaf, ReadOnlySpan<byte> bytes, out string? text)
    {
        text = null;
        if (leaf.Kind is LeafKind.Decimal or LeafKind.Floating)
        {
            text = NumberOf(leaf, bytes).ToString(CultureInfo.InvariantCulture);
            return true;
        }

        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        text = Strict.GetString(bytes);
        return true;
    }

    /// <summary>A value as a number; NaN for text that is none.</summary>
    internal static double NumberOf(SchemaLeaf leaf, ReadOnlySpan<byte> bytes) => leaf.Kind switch
    {
        LeafKind.Decimal => (double)new BigInteger(bytes, isUnsigned: false, isBigEndian: true) / Math.Pow(10, leaf.Scale),
        LeafKind.Floating => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        _ => double.TryParse(bytes, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
    };

    /// <summary>A value as an integer; null when it is none.</summary>
    internal static long? IntegerOf(SchemaLeaf leaf, ReadOnlySpan<byte> bytes)
        => leaf.Kind is LeafKind.Text or LeafKind.Bytes
            ? long.TryParse(bytes, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer) ? integer : null
            : NumberColumns.Whole(NumberOf(leaf, bytes));
}
