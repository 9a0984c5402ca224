namespace MammutScale.DataLoader.Indexing;

/// <summary>What a subset was asked to keep, and what each condition keeps by itself.</summary>
public sealed record SubsetSummary
{
    public string? Where { get; init; }

    /// <summary>Address of the list of ids.</summary>
    public string? Only { get; init; }

    /// <summary>Column that holds the ids.</summary>
    public string? OnlyColumn { get; init; }

    /// <summary>Tells this subset from another, the content of the list included.</summary>
    public required string Mark { get; init; }

    public required IReadOnlyList<ConditionCount> Conditions { get; init; }
}

/// <summary>Rows that one condition keeps by itself.</summary>
/// <param name="Columns">The columns that it looks at.</param>
public sealed record ConditionCount(string Condition, IReadOnlyCollection<string> Columns, long Rows)
{
    /// <summary>Rows that it has not looked at: another condition had ruled out their row group by its statistics.</summary>
    public long Unread { get; init; }

    /// <summary>Files that lack a column of it: none of their rows is kept by it.</summary>
    public int FilesWithout { get; init; }
}
