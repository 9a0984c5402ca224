using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Subsets.Expressions;

/// <summary>A part of a `where` expression that is true, false or unknown for a row.</summary>
internal abstract record Condition
{
    /// <summary>Its truth for every row of a row group.</summary>
    public abstract TruthVector Evaluate(IColumns columns);

    /// <summary>Which outcomes statistics leave open.</summary>
    public abstract Possible Outcomes(IColumns columns);

    /// <exception cref="SubsetException">The types of the file do not fit; names column, type and file.</exception>
    public abstract void Check(FileColumns file);

    public abstract IEnumerable<string> Columns();
}

internal sealed record AndCondition(Condition Left, Condition Right) : Condition
{
    public override TruthVector Evaluate(IColumns columns) => Left.Evaluate(columns).And(Right.Evaluate(columns));

    public override Possible Outcomes(IColumns columns) => PossibleLogic.And(Left.Outcomes(columns), Right.Outcomes(columns));

    public override void Check(FileColumns file)
    {
        Left.Check(file);
        Right.Check(file);
    }

    public override IEnumerable<string> Columns() => Left.Columns().Concat(Right.Columns());

    public override string ToString() => $"{Left} and {Right}";
}

internal sealed record OrCondition(Condition Left, Condition Right) : Condition
{
    public override TruthVector Evaluate(IColumns columns) => Left.Evaluate(columns).Or(Right.Evaluate(columns));

    public override Possible Outcomes(IColumns columns) => PossibleLogic.Or(Left.Outcomes(columns), Right.Outcomes(columns));

    public override void Check(FileColumns file)
    {
        Left.Check(file);
        Right.Check(file);
    }

    public override IEnumerable<string> Columns() => Left.Columns().Concat(Right.Columns());

    public override string ToString() => $"({Left} or {Right})";
}

internal sealed record NotCondition(Condition Inner) : Condition
{
    public override TruthVector Evaluate(IColumns columns) => Inner.Evaluate(columns).Not();

    public override Possible Outcomes(IColumns columns) => PossibleLogic.Not(Inner.Outcomes(columns));

    public override void Check(FileColumns file) => Inner.Check(file);

    public override IEnumerable<string> Columns() => Inner.Columns();

    public override string ToString() => $"not ({Inner})";
}

/// <summary>The only condition that a null can meet.</summary>
internal sealed record IsNull(Operand Operand) : Condition
{
    public override TruthVector Evaluate(IColumns columns)
    {
        var values = Operand.Values(columns);
        var truth = new TruthVector(columns.Rows);
        for (var row = 0; row < columns.Rows; row++)
            truth.Set(row, !values.IsValid(row));
        return truth;
    }

    public override Possible Outcomes(IColumns columns)
    {
        var range = Operand.Range(columns);
        return (range.MayBeNull ? Possible.True : 0) | (range.MayHaveValue ? Possible.False : 0);
    }

    public override void Check(FileColumns file) => Operand.Kind(file);

    public override IEnumerable<string> Columns() => Operand.Columns();

    public override string ToString() => $"{Operand} is null";
}
