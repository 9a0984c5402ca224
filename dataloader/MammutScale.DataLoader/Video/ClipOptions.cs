using MammutScale.DataLoader.Video.Sampling;

namespace MammutScale.DataLoader.Video;

/// <summary>How clips become tensors; what a frame of them shows is a matter of <see cref="Decoding.PictureOptions"/>.</summary>
public sealed record ClipOptions
{
    /// <summary>Frames T of a sample, whatever the clip's length.</summary>
    public required int Frames { get; init; }

    /// <summary>Which frames.</summary>
    public FramePolicy Sampling { get; init; } = new SpreadFrames();

    public ClipLimits Limits { get; init; } = ClipLimits.Default;

    /// <exception cref="ArgumentOutOfRangeException">A value that cannot work.</exception>
    internal void Check() => ArgumentOutOfRangeException.ThrowIfLessThan(Frames, 1);
}
