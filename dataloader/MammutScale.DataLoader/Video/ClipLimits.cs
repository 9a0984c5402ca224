namespace MammutScale.DataLoader.Video;

/// <summary>How large a clip's frames may claim to be: a decoder keeps up to 17 of them. Checked before it is opened.</summary>
public sealed record ClipLimits
{
    public static ClipLimits Default { get; } = new();

    /// <summary>Longest side in pixels.</summary>
    public int MaxSide { get; init; } = 8192;

    /// <summary>Pixels of a frame; 8K has 33 million.</summary>
    public long MaxPixels { get; init; } = 36_000_000;

    internal bool Allow(int width, int height) => width <= MaxSide && height <= MaxSide && (long)width * height <= MaxPixels;
}
