namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>Finds out what a file is by its first bytes.</summary>
public static class HeaderReader
{
    /// <summary>Reads the header by the first bytes; the name of the file or column means nothing.</summary>
    /// <returns>False when the format is unknown (then <see cref="PictureHeader.Format"/> says so) or the header is damaged.</returns>
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
