namespace MammutScale.DataLoader.Subsets;

/// <summary>Which rows of a data set to take; all when nothing is said.</summary>
public sealed record SubsetOptions
{
    public static SubsetOptions Everything { get; } = new();

    /// <summary>A <see cref="WhereFilter"/> expression.</summary>
    public string? Where { get; init; }

    /// <summary>Address of a list of ids: <c>.npy</c> (DataComp's pairs, integers or text), <c>.parquet</c>, or text with one a line.</summary>
    public string? Only { get; init; }

    /// <summary>Column of the data that holds the ids; null for the first of uid, key, id that is there.</summary>
    public string? OnlyColumn { get; init; }
}
