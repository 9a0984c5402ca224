namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>Encodings that are read.</summary>
public enum PictureFormat
{
    Unknown,
    Jpeg,
    Png,
    WebP,
    Gif,
}
