using MammutScale.DataLoader.Subsets.Columns;

namespace MammutScale.DataLoader.Subsets.Expressions;

/// <summary>
/// A `where` expression: typed conditions on columns, such as <c>similarity &gt; 0.28 and width &gt;= 200</c>. Comparisons, `and`,
/// `or`, `not`, parentheses, `in (…)`, `is null`, arithmetic of numbers; names in `backticks` where they hold spaces; a dot
/// reaches into a struct. A comparison with a null is unknown, and only rows that are true are kept.
/// </summary>
public sealed class WhereFilter
{
    private readonly Condition[] _terms;

    /// <exception cref="SubsetException">Not an expression; says where it goes wrong.</exception>
    public WhereFilter(string expression)
    {
        var terms = new List<Condition>();
        Split(WhereParser.Parse(expression), terms);
        _terms = [.. terms];
        Terms = [.. terms.Select(term => term.ToString()!)];
        Columns = [.. terms.SelectMany(term => term.Columns()).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The conditions that `and` joins at the top, each as text: rows are counted for each of them.</summary>
    public IReadOnlyList<string> Terms { get; }

    /// <summary>Columns that the expression names.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Columns that one term names.</summary>
    public IReadOnlyCollection<string> ColumnsOf(int term) => [.. _terms[term].Columns().Distinct(StringComparer.Ordinal)];

    /// <exception cref="SubsetException">Types of the file do not fit; names column, type and file.</exception>
    public void Check(FileColumns file)
    {
        foreach (var term in _terms)
            term.Check(file);
    }

    /// <summary>What statistics alone decide about a term in a row group: all rows, no row, or null when values must be read.</summary>
    public bool? Foresee(int term, IColumns columns)
    {
        var outcomes = _terms[term].Outcomes(columns);
        return outcomes == Possible.True ? true : outcomes.HasFlag(Possible.True) ? null : false;
    }

    /// <summary>The truth of a term for every row of a row group.</summary>
    public TruthVector Evaluate(int term, IColumns columns) => _terms[term].Evaluate(columns);

    private static void Split(Condition condition, List<Condition> into)
    {
        if (condition is AndCondition and)
        {
            Split(and.Left, into);
            Split(and.Right, into);
        }
        else
            into.Add(condition);
    }
}
