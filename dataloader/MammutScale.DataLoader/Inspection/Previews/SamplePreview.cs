using MammutScale.DataLoader.Columns;

namespace MammutScale.DataLoader.Inspection.Previews;

/// <summary>One row to look at.</summary>
public sealed record SamplePreview
{
    /// <summary>Address of its file.</summary>
    public required string File { get; init; }

    /// <summary>Row, counted from 0 in the file.</summary>
    public required long Row { get; init; }

    public string? Key { get; init; }

    /// <summary>Format and size of the media in words, e.g. <c>jpeg 640 x 480</c>.</summary>
    public required string Media { get; init; }

    public required int MediaBytes { get; init; }

    /// <summary>Caption, or question with answers.</summary>
    public required string Text { get; init; }

    /// <summary>Why the row cannot be used; null for a good one.</summary>
    public string? Fault { get; init; }

    /// <summary>A small JPEG of the whole picture; null when there is none to show.</summary>
    public byte[]? Thumbnail { get; init; }

    /// <summary>Boxes as shares of the picture's sides, with their labels.</summary>
    public IReadOnlyList<(Box Box, string Label)> Boxes { get; init; } = [];
}
