namespace MammutScale.DataLoader.Planning;

/// <summary>The place of a row: source of the mixture, row group of its index, and row in that row group as the file counts it.</summary>
public readonly record struct SampleId(int Source, int RowGroup, int Row);
