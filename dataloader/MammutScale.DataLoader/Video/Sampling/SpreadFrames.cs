using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Video.Sampling;

/// <summary>
/// The clip is cut into as many equal parts as frames are wanted, and each part gives one: its middle, or a random one (temporal
/// segment networks, Wang et al. 2016, section 3.1).
/// </summary>
public sealed record SpreadFrames : FramePolicy
{
    public override void Choose(long frames, ulong sampleKey, Span<long> chosen)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        var draws = Draws.For(sampleKey, DrawUse.Clip);
        for (int i = 0; i < chosen.Length; i++)
        {
            double place = i + (Jitter ? draws.NextUnit() : 0.5);
            chosen[i] = Math.Min(frames - 1, (long)(frames * place / chosen.Length));
        }
    }
}
