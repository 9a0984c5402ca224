namespace MammutScale.DataLoader.Indexing;

/// <summary>One file as the index knows it.</summary>
internal sealed record FileEntry
{
    /// <summary>Number of the root that <see cref="Key"/> is relative to.</summary>
    public required int Root { get; init; }

    public required string Key { get; init; }

    public required long Length { get; init; }

    /// <summary>The store's mark of this version of the file: tells whether the entry still holds.</summary>
    public required string ETag { get; init; }

    /// <summary>A mark of what the footer says (rows, sizes, statistics): the same for a copy elsewhere.</summary>
    public required ulong Content { get; init; }

    public required IReadOnlyList<RowGroupEntry> RowGroups { get; init; }

    /// <summary>Rows whose download failed (img2dataset keeps them, without a picture): never selected.</summary>
    public required long Failed { get; init; }

    /// <summary>Rows that each condition keeps by itself, [conditions].</summary>
    public required long[] Kept { get; init; }

    /// <summary>Rows that each condition has not looked at because the row group was out already, [conditions].</summary>
    public required long[] Unread { get; init; }

    /// <summary>Columns that conditions name and this file lacks.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];
}

/// <summary>One row group: rows, bytes in the file, and the rows that the subset keeps.</summary>
/// <param name="Bits">Selected rows as <see cref="RowBits"/> encodes them.</param>
internal readonly record struct RowGroupEntry(int Rows, long Offset, long Length, int Selected, byte[] Bits);
