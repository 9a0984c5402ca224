namespace MammutScale.DataLoader.Columns;

/// <summary>Whether a row can be used, as far as its columns tell; decoding the media may still show it to be bad.</summary>
public enum RowState
{
    Good,

    /// <summary>The downloader did not get it: counted apart, nobody's fault.</summary>
    Failed,

    /// <summary>Something is missing or broken; <see cref="SampleRow.Reason"/> says what.</summary>
    Bad,
}

/// <summary>A box in pixels of the stored picture.</summary>
public readonly record struct Box(float Left, float Top, float Right, float Bottom);

/// <summary>One row in the terms of training. <see cref="Media"/> is a slice of the row group's memory.</summary>
public readonly record struct SampleRow
{
    public required int Row { get; init; }

    public required RowState State { get; init; }

    /// <summary>Null for a good row.</summary>
    public string? Reason { get; init; }

    public string? Key { get; init; }

    public ReadOnlyMemory<byte> Media { get; init; }

    /// <summary>Those that are not empty, in the file's order.</summary>
    public required IReadOnlyList<string> Captions { get; init; }

    public string? Question { get; init; }

    public required IReadOnlyList<string> Answers { get; init; }

    public required IReadOnlyList<Box> Boxes { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>As the file says; the media have the last word.</summary>
    public int? Width { get; init; }

    public int? Height { get; init; }

    /// <summary>The downloader did not get it.</summary>
    public bool Failed => State == RowState.Failed;
}
