using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Subsets.Expressions;

/// <summary>Two numbers combined. In 64-bit floating point, so that a drift between integer and floating columns changes nothing.</summary>
internal sealed record Arithmetic(char Operator, Operand Left, Operand Right) : Operand
{
    public override ColumnVector Values(IColumns columns)
    {
        ColumnVector left = Left.Values(columns), right = Right.Values(columns);
        if (left.Kind == ColumnKind.Nothing || right.Kind == ColumnKind.Nothing)
            return ColumnVector.Nulls(columns.Rows);
        var values = new double[columns.Rows];
        for (var row = 0; row < values.Length; row++)
            values[row] = left.IsValid(row) && right.IsValid(row) ? Apply(left.NumberAt(row), right.NumberAt(row)) : double.NaN;
        return ColumnVector.Of(values);
    }

    public override ColumnRange Range(IColumns columns)
    {
        ColumnRange left = Left.Range(columns), right = Right.Range(columns);
        if (!left.MayHaveValue || !right.MayHaveValue)
            return ColumnRange.AllNull;
        // a division may meet zero, an infinite bound may give NaN: nothing is promised then
        double[] corners = [Apply(left.Min, right.Min), Apply(left.Min, right.Max), Apply(left.Max, right.Min), Apply(left.Max, right.Max)];
        if (Array.Exists(corners, double.IsNaN) || (Operator == '/' && right.Min <= 0 && right.Max >= 0))
            return ColumnRange.Unknown;
        // 0 × ∞ and ∞ − ∞ turn into null: possible as soon as a bound is infinite
        var mayBeNull = left.MayBeNull || right.MayBeNull || !Array.TrueForAll([left.Min, left.Max, right.Min, right.Max], double.IsFinite);
        return new ColumnRange { MayBeNull = mayBeNull, MayHaveValue = true, Min = corners.Min(), Max = corners.Max() };
    }

    public override ColumnKind Kind(FileColumns file)
    {
        foreach (var side in (Operand[])[Left, Right])
            if (side.Kind(file) is ColumnKind.Text or ColumnKind.Boolean or ColumnKind.Other)
                throw TypeFault.Of(side, file, $"`{this}` calculates with it");
        return Left.Kind(file) == ColumnKind.Nothing || Right.Kind(file) == ColumnKind.Nothing ? ColumnKind.Nothing : ColumnKind.Number;
    }

    public override IEnumerable<string> Columns() => Left.Columns().Concat(Right.Columns());

    public override string ToString() => $"({Left} {Operator} {Right})";

    private double Apply(double a, double b) => Operator switch
    {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        _ => a / b,
    };
}
