namespace MammutScale.DataLoader.Video;

/// <summary>Why a clip cannot be used.</summary>
public enum ClipFault
{
    None,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>The bytes are no MP4, QuickTime, WebM or Matroska file.</summary>
    NotAClip,

    /// <summary>Its frames are larger than the limit.</summary>
    TooLarge,

    /// <summary>Sound only.</summary>
    NoPictures,

    /// <summary>A stream of pictures without any.</summary>
    NoFrames,

    /// <summary>The file, or what can be played of it, ends before the clip does.</summary>
    Truncated,

    /// <summary>The container or the pictures are damaged.</summary>
    Corrupt,

    /// <summary>Not one frame can be decoded: a codec that is not known here, or damage from the start.</summary>
    Undecodable,
}
