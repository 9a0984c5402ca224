namespace MammutScale.DataLoader.Subsets.Columns;

/// <summary>What statistics promise about a column in one row group: bounds that no value leaves, and whether nulls occur.</summary>
public sealed record ColumnRange
{
    private const double MaxExact = 1L << 53;

    /// <summary>Nothing is known: every value, and null, may occur.</summary>
    public static ColumnRange Unknown { get; } = new() { MayBeNull = true, MayHaveValue = true };

    /// <summary>Nothing but nulls.</summary>
    public static ColumnRange AllNull { get; } = new() { MayBeNull = true, MayHaveValue = false };

    /// <summary>Bounds of 64-bit integers, widened where a double cannot hold them exactly.</summary>
    public static ColumnRange OfIntegers(long min, long max, bool mayBeNull) => new()
    {
        MayBeNull = mayBeNull,
        MayHaveValue = true,
        Min = Math.Abs((double)min) < MaxExact ? min : Math.BitDecrement((double)min),
        Max = Math.Abs((double)max) < MaxExact ? max : Math.BitIncrement((double)max),
    };

    public required bool MayBeNull { get; init; }

    public required bool MayHaveValue { get; init; }

    /// <summary>Bounds of numbers (booleans as 0 and 1); infinite when unknown.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Bounds of text in UTF-8, compared byte by byte; null when unknown.</summary>
    public ReadOnlyMemory<byte>? MinText { get; init; }

    public ReadOnlyMemory<byte>? MaxText { get; init; }
}
