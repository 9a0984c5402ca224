namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>What a picture file says about itself, found without decoding it.</summary>
/// <param name="Width">Stored width, before orientation.</param>
/// <param name="Height">Stored height, before orientation.</param>
/// <param name="MayHaveAlpha">Some pixel may be transparent.</param>
/// <param name="Orientation">EXIF orientation, 1 … 8; 1 is upright.</param>
/// <param name="Complete">The end of the picture is there.</param>
public readonly record struct PictureHeader(PictureFormat Format, int Width, int Height, bool MayHaveAlpha, int Orientation, bool Complete)
{
    /// <summary>The picture is shown with its sides swapped.</summary>
    public bool SwapsSides => Orientation >= 5;

    /// <summary>Width as it is shown.</summary>
    public int ShownWidth => SwapsSides ? Height : Width;

    /// <summary>Height as it is shown.</summary>
    public int ShownHeight => SwapsSides ? Width : Height;

    /// <summary>Reads the header by the first bytes; the name of the file or column means nothing.</summary>
    /// <returns>False when the format is unknown (then <see cref="Format"/> says so) or the header is damaged.</returns>
    public static bool TryRead(ReadOnlySpan<byte> file, out PictureHeader header)
    {
        if (file.StartsWith(JpegHeader.Magic)) return JpegHeader.TryRead(file, out header);
        if (file.StartsWith(PngHeader.Magic)) return PngHeader.TryRead(file, out header);
        if (file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..12].SequenceEqual("WEBP"u8)) return WebPHeader.TryRead(file, out header);
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8)) return GifHeader.TryRead(file, out header);
        header = default;
        return false;
    }
}
