using MammutScale.DataLoader.Decoding.Headers;

namespace MammutScale.DataLoader.Decoding;

/// <summary>How large a picture may claim to be. Checked on the header, before anything is allocated.</summary>
public sealed record PictureLimits
{
    public static PictureLimits Default { get; } = new();

    /// <summary>Longest side in pixels.</summary>
    public int MaxSide { get; init; } = 32_768;

    /// <summary>Pixels in all; 100 million take 300 MB while decoding.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    internal DecodeFault Check(PictureHeader header) =>
        header.Width <= 0 || header.Height <= 0 ? DecodeFault.BadHeader
        : header.Width > MaxSide || header.Height > MaxSide || (long)header.Width * header.Height > MaxPixels ? DecodeFault.TooLarge
        : DecodeFault.None;
}
