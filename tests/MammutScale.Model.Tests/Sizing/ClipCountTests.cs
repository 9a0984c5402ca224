using MammutScale.Model.Sizing;
using MammutScale.Model.Tubes;

namespace MammutScale.Model.Tests.Sizing;

/// <summary>Counts of models that encode clips.</summary>
public sealed class ClipCountTests
{
    private static readonly MammutConfig B16 = MammutConfig.Preset("mammut-b32") with { Vision = MammutConfig.Preset("mammut-b32").Vision with { PatchSize = 16 } };

    [Fact]
    public void TubesAddTheirProjectionsAndOneGate()
    {
        const long Boxes = (8 * 8 * 8) + (16 * 4 * 4) + (4 * 12 * 12);
        var count = ParameterCount.Of(B16, new VideoConfig());
        count.Video.ShouldBe((768 * 3 * Boxes) + 1);
        count.Total.ShouldBe(193_969_153 + count.Video);
        // each projection has only its share of the channels
        ParameterCount.Of(B16, new VideoConfig { Tubes = VideoConfig.SpaceToDepthTubes }).Video.ShouldBe((3L * ((384 * 512) + (192 * 256) + (768 * 576))) + 1);
    }

    [Fact]
    public void AClipOfOneFrameCostsWhatAPictureCosts_AndALongOneByItsTokens()
    {
        var video = new VideoConfig();
        FlopCount picture = FlopCount.Of(B16), clip = FlopCount.Of(B16, video: video, frames: 32);
        FlopCount.Of(B16, video: video, frames: 1).ShouldBe(picture);
        (clip.ContrastiveText, clip.Head).ShouldBe((picture.ContrastiveText, picture.Head));

        // 98 + 147 + 98 tokens of tubes beside 196 patches
        (double n, double tokens, double d, double layers) = (197, 540, 768, 12);
        double Blocks(double length) => layers * ((12 * length * d * d) + (2 * length * length * d));
        double projections = 768.0 * 3 * ((98 * 512) + (147 * 256) + (98 * 576));
        (clip.Image - picture.Image).ShouldBe(2 * (Blocks(tokens) - Blocks(n) + projections), 1);

        ActivationCount still = ActivationCount.Of(B16, 4), moving = ActivationCount.Of(B16, 4, video: video, frames: 32);
        ActivationCount.Of(B16, 4, video: video, frames: 1).ShouldBe(still);
        (moving.Image / still.Image).ShouldBeInRange(2.6, 2.9, "540 tokens instead of 197");
    }
}
