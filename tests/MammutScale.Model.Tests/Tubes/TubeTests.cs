using MammutScale.Model.Configuration;
using MammutScale.Model.Tubes;

namespace MammutScale.Model.Tests.Tubes;

public sealed class TubeTests
{
    private static readonly VisionConfig Paper = new() { ImageSize = 224, PatchSize = 16 };

    [Theory]
    [InlineData(32, 539)] // 98 + 147 + 98 + 196
    [InlineData(64, 1176)]
    [InlineData(1, 196)]
    [InlineData(16, 294)] // 196 + 49 of 8×8×8 + 49 of 4×12×12; 16×4×4 begins at frame 4 and no longer fits
    [InlineData(7, 245)]
    [InlineData(3, 196)]
    public void TokensOfThePapersTubes(int frames, int expected) => new VideoConfig().Tokens(Paper, frames).ShouldBe(expected);

    [Fact]
    public void TokensOfEachTubeIn32Frames()
    {
        Extent clip = new(32, 224, 224);
        VideoConfig.PaperTubes.Select(t => t.Grid(clip)).ShouldBe([new(2, 7, 7), new(3, 7, 7), new(2, 7, 7)]);
        new VideoConfig().Patches(Paper).Grid(clip).ShouldBe(new(1, 14, 14));
    }

    [Theory]
    [InlineData(32, 539)]
    [InlineData(64, 1176)]
    public void SpaceToDepthKeepsTheNumberOfTokens(int frames, int expected)
    {
        VideoConfig config = new() { Tubes = VideoConfig.SpaceToDepthTubes };
        config.Tokens(Paper, frames).ShouldBe(expected);
        config.Tubes[0].Step.ShouldBe(new(8, 32, 32));
        config.Tubes[0].Reach.ShouldBe(new(16, 8, 8));
        config.Tubes[1].Step.ShouldBe(new(6, 16, 16));
        (config with { Tubes = [new(new(2, 2, 2), new(4, 4, 4), default) { Joined = new(1, 3, 1) }] })
            .ShouldSatisfyAllConditions(c => Should.Throw<ModelConfigException>(() => c.ThrowIfInvalid(224, 32)).Message.ShouldContain("joins 1×3×1 boxes"));
    }

    [Fact]
    public void HalvedInTimeTheTubesAreThoseOfShorterClips()
    {
        VideoConfig half = VideoConfig.For(Paper, 0.5);
        half.Tubes.Select(t => t.Size).ShouldBe([new(4, 8, 8), new(8, 4, 4), new(2, 12, 12)]);
        half.Tubes.Select(t => t.Stride).ShouldBe([new(8, 32, 32), new(3, 32, 32), new(8, 32, 32)]);
        half.Tubes[1].Offset.ShouldBe(new(2, 8, 8));
        half.PatchStride.ShouldBe(16);
        half.Tokens(Paper, 16).ShouldBe(539);
    }

    [Fact]
    public void PixelLengthsFollowThePatchSize()
    {
        VideoConfig small = VideoConfig.For(new() { ImageSize = 112, PatchSize = 8 });
        small.Tubes.Select(t => t.Size).ShouldBe([new(8, 4, 4), new(16, 2, 2), new(4, 6, 6)]);
        small.Tokens(new() { ImageSize = 112, PatchSize = 8 }, 32).ShouldBe(539);
    }

    [Fact]
    public void SaysAllThatIsWrong_WhenTubesDoNotFit()
    {
        VideoConfig bad = new()
        {
            PatchStride = 0,
            Tubes = [new(new(1, 240, 8), new(1, 8, 8), default), new(new(1, 8, 8), new(0, 8, 8), new(-1, 0, 0))],
        };
        string message = Should.Throw<ModelConfigException>(() => bad.ThrowIfInvalid(224, 32)).Message;
        message.ShouldContain("patch_stride is 0");
        message.ShouldContain("tube 0 of 1×240×8 at 0×0×0 does not fit into a picture of 224 × 224");
        message.ShouldContain("tube 1 has the stride 0×8×8");
        message.ShouldContain("tube 1 has the offset -1×0×0");
    }
}
