using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Video.Sampling;

/// <summary>Every n-th frame of a window at a random place, or in the middle. A clip shorter than the window is taken whole, evenly.</summary>
public sealed record WindowFrames : FramePolicy
{
    /// <summary>Frames of the clip from one that is taken to the next.</summary>
    public int Stride { get; init; } = 2;

    public override void Choose(long frames, ulong sampleKey, Span<long> chosen)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Stride, 1);
        long spare = frames - (((chosen.Length - 1L) * Stride) + 1);
        if (spare < 0)
        {
            for (int i = 0; i < chosen.Length; i++) chosen[i] = i * (frames - 1) / (chosen.Length - 1);
            return;
        }
        var draws = Draws.For(sampleKey, DrawUse.Clip);
        long start = Jitter ? Math.Min(spare, (long)(draws.NextUnit() * (spare + 1))) : spare / 2;
        for (int i = 0; i < chosen.Length; i++) chosen[i] = start + (i * (long)Stride);
    }
}
