using System.Globalization;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Values;

/// <summary>What the two kinds of number columns share.</summary>
internal static class NumberColumns
{
    private const double Largest = 9_223_372_036_854_774_784; // the last double below 2^63

    public static long? Whole(double number) => Math.Floor(number) == number && Math.Abs(number) <= Largest ? (long)number : null;
}

internal sealed class IntegerColumn(SchemaLeaf leaf, ColumnLayout layout, long[] values) : LeafColumn(leaf, layout)
{
    private bool Wide => Leaf is { Unsigned: true, Type: PhysicalType.Int64 };

    private protected override bool TryBytes(int place, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return false;
    }

    private protected override bool TryText(int place, out string? text)
    {
        text = Leaf.Kind switch
        {
            LeafKind.Boolean => values[place] != 0 ? "true" : "false",
            LeafKind.Decimal => AsNumber(place).ToString(CultureInfo.InvariantCulture),
            _ when Wide => ((ulong)values[place]).ToString(CultureInfo.InvariantCulture),
            _ => values[place].ToString(CultureInfo.InvariantCulture),
        };
        return true;
    }

    private protected override double AsNumber(int place) => Leaf.Kind == LeafKind.Decimal ? values[place] / Math.Pow(10, Leaf.Scale) : Wide ? (ulong)values[place] : values[place];

    private protected override long? AsInteger(int place)
        => Leaf.Kind == LeafKind.Decimal ? NumberColumns.Whole(AsNumber(place)) : Wide && values[place] < 0 ? null : values[place];
}

internal sealed class FloatingColumn(SchemaLeaf leaf, ColumnLayout layout, double[] values) : LeafColumn(leaf, layout)
{
    private protected override bool TryBytes(int place, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return false;
    }

    private protected override bool TryText(int place, out string? text)
    {
        text = Leaf.Type == PhysicalType.Float
            ? ((float)values[place]).ToString(CultureInfo.InvariantCulture)
            : values[place].ToString(CultureInfo.InvariantCulture);
        return true;
    }

    private protected override double AsNumber(int place) => values[place];

    private protected override long? AsInteger(int place) => NumberColumns.Whole(values[place]);
}
