namespace MammutScale.DataLoader.Video.Containers;

/// <summary>Finds out what a clip is by its bytes; the name of the file or column means nothing.</summary>
public static class ClipHeaderReader
{
    /// <summary>Reads the container. Never throws: what is missing or damaged is said in the header.</summary>
    public static ClipHeader Read(ReadOnlySpan<byte> file) =>
        Mp4Header.IsMp4(file) ? Mp4Header.Read(file)
        : MatroskaHeader.IsMatroska(file) ? MatroskaHeader.Read(file)
        : default;
}
