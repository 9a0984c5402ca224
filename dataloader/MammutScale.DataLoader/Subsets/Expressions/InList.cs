using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Subsets.Expressions;

/// <summary>One of several values: the same as comparisons joined by `or`, with one look at the column.</summary>
internal sealed record InList(Operand Operand, IReadOnlyList<Operand> Items) : Condition
{
    public override TruthVector Evaluate(IColumns columns)
    {
        var values = Operand.Values(columns);
        var truth = new TruthVector(columns.Rows);
        if (values.Kind == ColumnKind.Nothing)
            return truth;
        var one = new OneRow();
        var items = Items.Select(item => item.Values(one)).ToArray();
        for (var row = 0; row < columns.Rows; row++)
            if (values.IsValid(row))
                truth.Set(row, Array.Exists(items, item => ColumnVector.Compare(values, row, item, 0) == 0));
        return truth;
    }

    public override Possible Outcomes(IColumns columns)
    {
        var any = Possible.False;
        foreach (var item in Items)
            any = PossibleLogic.Or(any, new Comparison(ComparisonKind.Equal, Operand, item).Outcomes(columns));
        return any;
    }

    public override void Check(FileColumns file)
    {
        foreach (var item in Items)
            new Comparison(ComparisonKind.Equal, Operand, item).Check(file);
    }

    public override IEnumerable<string> Columns() => Operand.Columns();

    public override string ToString() => $"{Operand} in ({string.Join(", ", Items)})";

    private sealed class OneRow : IColumns
    {
        public int Rows => 1;

        public ColumnVector Values(string column) => ColumnVector.Nulls(1);

        public ColumnRange Range(string column) => ColumnRange.AllNull;
    }
}
