namespace MammutScale.DataLoader.Video.Containers;

/// <summary>What a clip's container says about it, found without decoding.</summary>
public readonly record struct ClipHeader
{
    public ClipFormat Format { get; init; }

    /// <summary>It has a stream of pictures, not only sound.</summary>
    public bool HasPictures { get; init; }

    /// <summary>As the container names it, such as <c>avc1</c> or <c>V_VP9</c>; empty when unknown.</summary>
    public string? Codec { get; init; }

    /// <summary>Stored width, before rotation; 0 when unknown.</summary>
    public int Width { get; init; }

    /// <summary>Stored height, before rotation; 0 when unknown.</summary>
    public int Height { get; init; }

    /// <summary>How long the pictures are shown, cuts of an edit list taken off; 0 when unknown.</summary>
    public double Seconds { get; init; }

    /// <summary>Pictures that are shown in that time; null when unknown.</summary>
    public long? Frames { get; init; }

    /// <summary>Pictures that can be decoded without others; 0 when unknown.</summary>
    public long KeyFrames { get; init; }

    /// <summary>Nothing that the container announces lies beyond the end of the bytes.</summary>
    public bool Complete { get; init; }

    /// <summary>The container itself is damaged.</summary>
    public bool Damaged { get; init; }
}
