namespace MammutScale.DataLoader.Subsets.Columns;

/// <summary>The values of one column in one row group, nulls marked. NaN counts as null: it is how pandas writes a missing number.</summary>
public sealed class ColumnVector
{
    private readonly bool[]? _valid;
    private readonly Array _values;

    private ColumnVector(ColumnKind kind, Array values, bool[]? valid)
    {
        (Kind, _values, _valid) = (kind, values, valid);
        if (valid is not null && valid.Length != values.Length)
            throw new ArgumentException($"{values.Length} values with {valid.Length} validity marks", nameof(valid));
    }

    public ColumnKind Kind { get; }

    public int Count => _values.Length;

    /// <summary>Stored as 32-bit floating point.</summary>
    public bool IsSingle { get; private init; }

    /// <summary>A number written in the condition.</summary>
    public bool IsLiteral { get; private init; }

    public ReadOnlySpan<long> Integers => (long[])_values;

    public ReadOnlySpan<double> Numbers => (double[])_values;

    public ReadOnlySpan<bool> Booleans => (bool[])_values;

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Texts => (ReadOnlyMemory<byte>[])_values;

    /// <param name="valid">False marks a null, [values]; null when there is none.</param>
    public static ColumnVector Of(long[] values, bool[]? valid = null) => new(ColumnKind.Integer, values, valid);

    public static ColumnVector Of(double[] values, bool[]? valid = null) => new(ColumnKind.Number, values, valid);

    /// <summary>Values widened from 32-bit floating point.</summary>
    public static ColumnVector OfSingles(double[] values, bool[]? valid = null) => new(ColumnKind.Number, values, valid) { IsSingle = true };

    /// <summary>The same number in every row.</summary>
    public static ColumnVector Literal(double value, int count)
    {
        var values = new double[count];
        Array.Fill(values, value);
        return new(ColumnKind.Number, values, null) { IsLiteral = true };
    }

    public static ColumnVector Of(bool[] values, bool[]? valid = null) => new(ColumnKind.Boolean, values, valid);

    public static ColumnVector Of(ReadOnlyMemory<byte>[] values, bool[]? valid = null) => new(ColumnKind.Text, values, valid);

    /// <summary>Nothing but nulls.</summary>
    public static ColumnVector Nulls(int count) => new(ColumnKind.Nothing, new bool[count], new bool[count]);

    /// <summary>A column whose values conditions cannot use; they can ask whether it is null.</summary>
    public static ColumnVector Presence(bool[] valid) => new(ColumnKind.Other, valid, valid);

    public bool IsValid(int row) => (_valid is null || _valid[row]) && (Kind != ColumnKind.Number || !double.IsNaN(((double[])_values)[row]));

    /// <summary>A number, whichever type it is stored as.</summary>
    public double NumberAt(int row) => Kind == ColumnKind.Integer ? ((long[])_values)[row] : ((double[])_values)[row];

    /// <summary>
    /// Sign of left compared with right, of the same family. A literal meets a 32-bit column in 32 bits, as in NumPy, so that
    /// `x = 0.1` means the same in files that store x in 32 and in 64 bits.
    /// </summary>
    public static int Compare(ColumnVector left, int leftRow, ColumnVector right, int rightRow) => (left.Kind, right.Kind) switch
    {
        (ColumnKind.Integer, ColumnKind.Integer) => left.Integers[leftRow].CompareTo(right.Integers[rightRow]),
        (ColumnKind.Text, ColumnKind.Text) => left.Texts[leftRow].Span.SequenceCompareTo(right.Texts[rightRow].Span),
        (ColumnKind.Boolean, ColumnKind.Boolean) => left.Booleans[leftRow].CompareTo(right.Booleans[rightRow]),
        _ => left.Met(leftRow, right).CompareTo(right.Met(rightRow, left)),
    };

    private double Met(int row, ColumnVector other) => IsLiteral && other.IsSingle ? (float)NumberAt(row) : NumberAt(row);
}
