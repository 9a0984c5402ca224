using CsCheck;
using MammutScale.DataLoader.Video.Sampling;

namespace MammutScale.DataLoader.Tests.Video;

public sealed class FramePolicyTests
{
    private static readonly Gen<FramePolicy> Policies = Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[1, 9]).Select(FramePolicy (spread, jitter, stride) =>
        spread ? new SpreadFrames { Jitter = jitter } : new WindowFrames { Jitter = jitter, Stride = stride });

    private static readonly Gen<(FramePolicy Policy, long Frames, int Wanted, ulong Key)> Cases =
        Gen.Select(Policies, Gen.Long[1, 3000], Gen.Int[1, 70], Gen.ULong);

    [Fact]
    public void FramesAreOfTheClip_InOrder_AndAFunctionOfTheKey() => Cases.Sample(c =>
    {
        long[] chosen = Choose(c.Policy, c.Frames, c.Wanted, c.Key);
        chosen.ShouldAllBe(f => f >= 0 && f < c.Frames);
        chosen.ShouldBeInOrder();
        if (c.Frames >= c.Wanted && c.Policy is SpreadFrames { Jitter: false }) chosen.Distinct().Count().ShouldBe(c.Wanted);
        Choose(c.Policy, c.Frames, c.Wanted, c.Key).ShouldBe(chosen);
    });

    [Fact]
    public void WithoutJitterTheKeyMeansNothing() => Cases.Sample(c =>
    {
        var still = c.Policy with { Jitter = false };
        Choose(still, c.Frames, c.Wanted, c.Key).ShouldBe(Choose(still, c.Frames, c.Wanted, ~c.Key));
    });

    [Fact]
    public void SpreadFramesLieOneInEachPart() => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 50], Gen.ULong, Gen.Bool).Sample((parts, length, key, jitter) =>
    {
        long[] chosen = Choose(new SpreadFrames { Jitter = jitter }, (long)parts * length, parts, key);
        for (int i = 0; i < parts; i++) chosen[i].ShouldBeInRange((long)i * length, ((i + 1L) * length) - 1);
        if (!jitter) chosen.Select((f, i) => f - ((long)i * length)).Distinct().ShouldBe([length / 2L]);
    });

    [Fact]
    public void WindowsKeepTheirStride_UnlessTheClipIsTooShort() => Gen.Select(Gen.Long[1, 500], Gen.Int[2, 20], Gen.Int[1, 6], Gen.ULong).Sample((frames, wanted, stride, key) =>
    {
        long[] chosen = Choose(new WindowFrames { Jitter = true, Stride = stride }, frames, wanted, key);
        long span = ((wanted - 1L) * stride) + 1;
        if (frames >= span) chosen.Zip(chosen.Skip(1), (a, b) => b - a).ShouldAllBe(d => d == stride);
        else (chosen[0], chosen[^1]).ShouldBe((0L, frames - 1));
    });

    [Fact]
    public void EveryFrameCanBeDrawn_AboutEquallyOften()
    {
        int[] seen = new int[40];
        for (ulong key = 0; key < 4000; key++)
            foreach (long f in Choose(new SpreadFrames { Jitter = true }, 40, 8, key)) seen[f]++;
        seen.ShouldAllBe(n => n > 600 && n < 1000); // 800 on average, deviation 25
        var starts = Enumerable.Range(0, 4000).Select(key => Choose(new WindowFrames { Jitter = true, Stride = 2 }, 20, 6, (ulong)key)[0]).CountBy(s => s).ToArray();
        starts.Length.ShouldBe(10);
        starts.ShouldAllBe(s => s.Value > 300 && s.Value < 500); // 400 on average, deviation 19
    }

    [Fact]
    public void EvaluationTakesTheMiddle()
    {
        Choose(new SpreadFrames(), 100, 4, 7).ShouldBe([12, 37, 62, 87]);
        Choose(new WindowFrames { Stride = 2 }, 100, 4, 7).ShouldBe([46, 48, 50, 52]);
        Choose(new SpreadFrames(), 3, 6, 7).ShouldBe([0, 0, 1, 1, 2, 2]);
        Choose(new WindowFrames { Stride = 4 }, 5, 3, 7).ShouldBe([0, 2, 4]);
    }

    private static long[] Choose(FramePolicy policy, long frames, int wanted, ulong key)
    {
        long[] chosen = new long[wanted];
        policy.Choose(frames, key, chosen);
        return chosen;
    }
}
