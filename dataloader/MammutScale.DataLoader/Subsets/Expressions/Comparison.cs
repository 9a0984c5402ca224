using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Subsets.Expressions;

internal enum ComparisonKind
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal sealed record Comparison(ComparisonKind Kind, Operand Left, Operand Right) : Condition
{
    private const string Symbols = "= != < <= > >=";

    public override TruthVector Evaluate(IColumns columns)
    {
        ColumnVector left = Left.Values(columns), right = Right.Values(columns);
        var truth = new TruthVector(columns.Rows);
        if (left.Kind == ColumnKind.Nothing || right.Kind == ColumnKind.Nothing)
            return truth;
        for (var row = 0; row < columns.Rows; row++)
            if (left.IsValid(row) && right.IsValid(row))
                truth.Set(row, Holds(ColumnVector.Compare(left, row, right, row)));
        return truth;
    }

    public override Possible Outcomes(IColumns columns)
    {
        ColumnRange left = Left.Range(columns), right = Right.Range(columns);
        if (!left.MayHaveValue || !right.MayHaveValue)
            return Possible.Unknown;
        var unknown = left.MayBeNull || right.MayBeNull ? Possible.Unknown : 0;
        var (least, most) = Bounds(left, right);
        return unknown | Open(least, most);
    }

    public override void Check(FileColumns file)
    {
        ColumnKind left = Left.Kind(file), right = Right.Kind(file);
        foreach (var (side, kind) in (Span<(Operand, ColumnKind)>)[(Left, left), (Right, right)])
            if (kind == ColumnKind.Other)
                throw TypeFault.Of(side, file, $"`{this}` compares it: conditions know numbers, text and true or false");
        if (left == ColumnKind.Nothing || right == ColumnKind.Nothing || Family(left) == Family(right))
            return;
        var (blamed, other) = Left.Columns().Any() ? (Left, right) : (Right, left);
        throw TypeFault.Of(blamed, file, $"`{this}` compares it with {TypeFault.Name(other)}");
    }

    public override IEnumerable<string> Columns() => Left.Columns().Concat(Right.Columns());

    public override string ToString() => $"{Left} {Symbols.Split(' ')[(int)Kind]} {Right}";

    /// <summary>Kinds that can be compared with each other.</summary>
    internal static ColumnKind Family(ColumnKind kind) => kind == ColumnKind.Integer ? ColumnKind.Number : kind;

    private bool Holds(int order) => Kind switch
    {
        ComparisonKind.Equal => order == 0,
        ComparisonKind.NotEqual => order != 0,
        ComparisonKind.Less => order < 0,
        ComparisonKind.LessOrEqual => order <= 0,
        ComparisonKind.Greater => order > 0,
        _ => order >= 0,
    };

    /// <summary>The least and the greatest sign that left compared with right can have.</summary>
    private static (int Least, int Most) Bounds(ColumnRange left, ColumnRange right)
    {
        if (left.MinText is not null || left.MaxText is not null || right.MinText is not null || right.MaxText is not null)
            return (TextSign(left.MinText, right.MaxText) ?? -1, TextSign(left.MaxText, right.MinText) ?? 1);
        return (left.Min.CompareTo(right.Max), left.Max.CompareTo(right.Min));
    }

    private static int? TextSign(ReadOnlyMemory<byte>? a, ReadOnlyMemory<byte>? b) =>
        a is { } left && b is { } right ? left.Span.SequenceCompareTo(right.Span) : null;

    private Possible Open(int least, int most)
    {
        Possible open = 0;
        for (var sign = Math.Sign(least); sign <= Math.Sign(most); sign++)
            open |= Holds(sign) ? Possible.True : Possible.False;
        return open;
    }
}
