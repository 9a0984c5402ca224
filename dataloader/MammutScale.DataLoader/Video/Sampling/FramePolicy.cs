namespace MammutScale.DataLoader.Video.Sampling;

/// <summary>Chooses the frames of a clip: a pure function of their number and the sample's key.</summary>
public abstract record FramePolicy
{
    /// <summary>Draw anew for every sample and epoch. Off for evaluation: then the middle of what could be drawn.</summary>
    public bool Jitter { get; init; }

    /// <param name="frames">Frames of the clip, at least 1.</param>
    /// <param name="sampleKey">Key of (seed, epoch, sample); without <see cref="Jitter"/> it is ignored.</param>
    /// <param name="chosen">Receives frame numbers from 0 that never go back; in a clip with fewer frames some repeat.</param>
    public abstract void Choose(long frames, ulong sampleKey, Span<long> chosen);
}
