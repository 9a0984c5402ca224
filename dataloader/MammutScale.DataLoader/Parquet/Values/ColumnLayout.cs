namespace MammutScale.DataLoader.Parquet.Values;

/// <summary>How rows map to level entries and entries to values.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Definitions">Per entry; null when everything is required.</param>
/// <param name="Repetitions">Per entry; null outside lists.</param>
/// <param name="Starts">Per row its first entry, and one more; null when entry and row are the same.</param>
/// <param name="Places">Per entry the place of its value or −1; null when every entry has one.</param>
internal sealed record ColumnLayout(int Rows, byte[]? Definitions, byte[]? Repetitions, int[]? Starts, int[]? Places)
{
    public (int Start, int End) Entries(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return Starts is null ? (row, row + 1) : (Starts[row], Starts[row + 1]);
    }

    public int Place(int entry) => Places is null ? entry : Places[entry];
}
