namespace MammutScale.DataLoader.Video.Containers;

/// <summary>The container of a clip, by its first bytes.</summary>
public enum ClipFormat
{
    Unknown,

    /// <summary>MP4 and QuickTime (ISO/IEC 14496-12).</summary>
    Mp4,

    /// <summary>Matroska and WebM (RFC 9559).</summary>
    Matroska,
}
