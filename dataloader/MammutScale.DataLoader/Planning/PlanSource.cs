namespace MammutScale.DataLoader.Planning;

/// <summary>One source of the mixture as planning sees it: how many rows each row group gives, and nothing else. Immutable.</summary>
public sealed class PlanSource
{
    private readonly ReadOnlyMemory<int> _rows;
    private readonly IRowSelection? _selection;

    /// <param name="name">What people call it; used in messages.</param>
    /// <param name="fingerprint">Identity of the index and of the subset chosen in it.</param>
    /// <param name="rows">Selected rows of every row group, [row groups]; zeros are allowed.</param>
    /// <param name="selection">The rows behind the counts; null when every row is selected.</param>
    /// <param name="weight">Relative share in the mixture; null stands for the number of samples.</param>
    /// <exception cref="DataPlanException">No rows, or a weight that is not a positive number.</exception>
    public PlanSource(string name, string fingerprint, ReadOnlyMemory<int> rows, IRowSelection? selection = null, double? weight = null)
    {
        (Name, Fingerprint, Weight, _rows, _selection) = (name, fingerprint, weight, rows, selection);
        foreach (var count in rows.Span)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(rows));
            Samples += count;
        }

        if (Samples == 0)
            throw new DataPlanException($"data source '{name}' has no rows to train on ({rows.Length} row groups): check its path and its `where` and `only` conditions");
        if (weight is { } value && !(double.IsFinite(value) && value > 0))
            throw new DataPlanException($"data source '{name}' has weight {value}: expected a number above 0; leave the source out to give it no share");
    }

    public string Name { get; }

    public string Fingerprint { get; }

    public double? Weight { get; }

    /// <summary>Selected rows N of an epoch.</summary>
    public long Samples { get; }

    public int RowGroups => _rows.Length;

    /// <summary>Selected rows of a row group.</summary>
    public int RowsIn(int rowGroup) => _rows.Span[rowGroup];

    /// <summary>The row, as the file counts it, behind selected row <paramref name="ordinal"/> of a row group.</summary>
    public int RowAt(int rowGroup, int ordinal)
    {
        if (_selection is null)
            return ordinal;
        Span<int> row = stackalloc int[1];
        _selection.Rows(rowGroup, ordinal, row);
        return row[0];
    }

    /// <summary>The rows behind the selected rows from <paramref name="first"/> on.</summary>
    internal void RowsAt(int rowGroup, int first, Span<int> rows)
    {
        if (_selection is not null)
            _selection.Rows(rowGroup, first, rows);
        else
            for (var i = 0; i < rows.Length; i++)
                rows[i] = first + i;
    }
}
