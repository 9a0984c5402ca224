using MammutScale.DataLoader.Video.Containers;

namespace MammutScale.DataLoader.Video;

/// <summary>What became of a clip. A bad one is a value, not an exception.</summary>
/// <param name="Fault">None when the frames were written.</param>
/// <param name="Header">What the container says.</param>
public readonly record struct ClipResult(ClipFault Fault, ClipHeader Header)
{
    public bool Ok => Fault == ClipFault.None;

    /// <summary>One phrase for the quarantine list.</summary>
    public string Reason => Fault switch
    {
        ClipFault.None => "good",
        ClipFault.Empty => "the clip has no bytes",
        ClipFault.NotAClip => "not an MP4, QuickTime, WebM or Matroska clip",
        ClipFault.TooLarge => $"a clip of {Header.Width} x {Header.Height} pixels, above the limit",
        ClipFault.NoPictures => "a clip without pictures, sound only",
        ClipFault.NoFrames => "a clip without frames",
        ClipFault.Truncated => $"truncated {Header.Format} clip",
        ClipFault.Undecodable when Header.Codec is "av01" or "V_AV1" => "an AV1 clip, for which there is no decoder here: convert it, to H.264 for example",
        ClipFault.Undecodable => $"a clip of which nothing can be decoded (codec {Header.Codec})",
        _ => $"damaged {Header.Format} clip",
    };
}
