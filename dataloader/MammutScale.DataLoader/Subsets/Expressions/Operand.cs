using System.Globalization;
using System.Text;
using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Subsets.Expressions;

/// <summary>One side of a comparison.</summary>
internal abstract record Operand
{
    public abstract ColumnVector Values(IColumns columns);

    public abstract ColumnRange Range(IColumns columns);

    /// <summary>The kind in a file with these columns.</summary>
    public abstract ColumnKind Kind(FileColumns file);

    public abstract IEnumerable<string> Columns();
}

internal sealed record ColumnOperand(string Name) : Operand
{
    public override ColumnVector Values(IColumns columns) => columns.Values(Name);

    public override ColumnRange Range(IColumns columns) => columns.Range(Name);

    public override ColumnKind Kind(FileColumns file) => file.Find(Name)?.Kind ?? ColumnKind.Nothing;

    public override IEnumerable<string> Columns() => [Name];

    public override string ToString() => Name;
}

internal sealed record IntegerLiteral(long Value) : Operand
{
    public override ColumnVector Values(IColumns columns)
    {
        var values = new long[columns.Rows];
        Array.Fill(values, Value);
        return ColumnVector.Of(values);
    }

    public override ColumnRange Range(IColumns columns) => ColumnRange.OfIntegers(Value, Value, mayBeNull: false);

    public override ColumnKind Kind(FileColumns file) => ColumnKind.Integer;

    public override IEnumerable<string> Columns() => [];

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

internal sealed record NumberLiteral(double Value) : Operand
{
    public override ColumnVector Values(IColumns columns) => ColumnVector.Literal(Value, columns.Rows);

    // a 32-bit column meets it in 32 bits: the bounds hold both
    public override ColumnRange Range(IColumns columns) =>
        new() { MayBeNull = false, MayHaveValue = true, Min = Math.Min(Value, (float)Value), Max = Math.Max(Value, (float)Value) };

    public override ColumnKind Kind(FileColumns file) => ColumnKind.Number;

    public override IEnumerable<string> Columns() => [];

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

internal sealed record TextLiteral(string Value) : Operand
{
    private readonly ReadOnlyMemory<byte> _utf8 = Encoding.UTF8.GetBytes(Value);

    public override ColumnVector Values(IColumns columns)
    {
        var values = new ReadOnlyMemory<byte>[columns.Rows];
        Array.Fill(values, _utf8);
        return ColumnVector.Of(values);
    }

    public override ColumnRange Range(IColumns columns) => new() { MayBeNull = false, MayHaveValue = true, MinText = _utf8, MaxText = _utf8 };

    public override ColumnKind Kind(FileColumns file) => ColumnKind.Text;

    public override IEnumerable<string> Columns() => [];

    public override string ToString() => $"'{Value.Replace("'", "''", StringComparison.Ordinal)}'";
}

internal sealed record BooleanLiteral(bool Value) : Operand
{
    public override ColumnVector Values(IColumns columns)
    {
        var values = new bool[columns.Rows];
        Array.Fill(values, Value);
        return ColumnVector.Of(values);
    }

    public override ColumnRange Range(IColumns columns) => new() { MayBeNull = false, MayHaveValue = true, Min = Value ? 1 : 0, Max = Value ? 1 : 0 };

    public override ColumnKind Kind(FileColumns file) => ColumnKind.Boolean;

    public override IEnumerable<string> Columns() => [];

    public override string ToString() => Value ? "true" : "false";
}
