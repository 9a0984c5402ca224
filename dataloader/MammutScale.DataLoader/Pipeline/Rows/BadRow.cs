namespace MammutScale.DataLoader.Pipeline.Rows;

/// <summary>A row that cannot be used.</summary>
/// <param name="File">Its file.</param>
/// <param name="Row">Its number in the file, from 0.</param>
/// <param name="RowGroup">Number of its row group in the file.</param>
/// <param name="Key">Its key, when it has one.</param>
/// <param name="Reason">What is wrong, in a phrase.</param>
public sealed record BadRow(string File, long Row, int RowGroup, string? Key, string Reason);
