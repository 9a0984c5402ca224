namespace MammutScale.DataLoader.Planning;

/// <summary>Which rows of a row group belong to a subset. Planning counts selected rows; this turns them into rows of the file.</summary>
public interface IRowSelection
{
    /// <summary>Writes the rows, as the file counts them, of the selected rows <paramref name="first"/>, first + 1, … of a row group.</summary>
    void Rows(int rowGroup, int first, Span<int> rows);
}
