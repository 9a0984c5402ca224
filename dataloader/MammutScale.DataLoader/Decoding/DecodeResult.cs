using MammutScale.DataLoader.Decoding.Headers;

namespace MammutScale.DataLoader.Decoding;

/// <summary>What became of a picture. A bad one is a value, not an exception: web data has one in a hundred.</summary>
/// <param name="Fault">None when the pixels were written.</param>
/// <param name="Format">What the first bytes say.</param>
/// <param name="Width">Width as the file claims, before orientation; 0 when unknown.</param>
/// <param name="Height">Height as the file claims, before orientation; 0 when unknown.</param>
public readonly record struct DecodeResult(DecodeFault Fault, PictureFormat Format, int Width, int Height)
{
    public bool Ok => Fault == DecodeFault.None;

    /// <summary>One phrase for the quarantine list.</summary>
    public string Reason => Fault switch
    {
        DecodeFault.None => "good",
        DecodeFault.Empty => "the picture has no bytes",
        DecodeFault.NotAPicture => "not a JPEG, PNG, WebP or GIF picture",
        DecodeFault.BadHeader => $"damaged {Format} header",
        DecodeFault.TooLarge => $"{Format} claims {Width} x {Height} pixels, above the limit",
        DecodeFault.Truncated => $"truncated {Format}",
        _ => $"damaged {Format} pixel data",
    };
}
