namespace MammutScale.DataLoader.Subsets.Columns;

/// <summary>The columns of one row group, as conditions see them.</summary>
public interface IColumns
{
    /// <summary>Rows of the row group.</summary>
    int Rows { get; }

    /// <summary>Values of a column; all null when the file lacks it.</summary>
    ColumnVector Values(string column);

    /// <summary>What statistics say about a column.</summary>
    ColumnRange Range(string column);
}
