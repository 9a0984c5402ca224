using MammutScale.Model.Configuration;

namespace MammutScale.Model.Tests.Configuration;

public sealed class CrossPlacementTests
{
    [Theory]
    [InlineData(4, 2, new[] { 0, 2 })]
    [InlineData(4, 3, new[] { 0, 3 })]
    [InlineData(3, 1, new[] { 0, 1, 2 })]
    [InlineData(12, 5, new[] { 0, 5, 10 })]
    public void EveryRatioThLayer_WhenTheLayoutIsOpenClips(int layers, int ratio, int[] expected) =>
        CrossPlacement.Layers(Model(layers, ratio, ModelLayout.OpenClip)).ShouldBe(expected);

    [Theory]
    [InlineData(12, 2, new[] { 0, 2, 4, 6, 8, 10 })]
    [InlineData(6, 3, new[] { 0, 3 })]
    [InlineData(12, 5, new[] { 0, 6 })]
    public void FewerAndWider_WhenTheLayoutIsTheForks(int layers, int ratio, int[] expected) =>
        CrossPlacement.Layers(Model(layers, ratio, ModelLayout.OpenClipMammut)).ShouldBe(expected);

    [Fact]
    public void Refused_WhenTheForksRuleContradictsItself() =>
        Should.Throw<ModelConfigException>(() => CrossPlacement.Layers(Model(5, 2, ModelLayout.OpenClipMammut))).Message.ShouldContain("cross_attn_ratio 2 with 5 layers");

    [Fact]
    public void TheListedLayers_WhenTheyAreListed()
    {
        MammutConfig config = Model(6, 2, ModelLayout.OpenClip);
        CrossPlacement.Layers(config with { Text = config.Text with { CrossAttentionLayers = [1, 5] } }).ShouldBe([1, 5]);
        Should.Throw<ModelConfigException>(() => CrossPlacement.Layers(config with { Text = config.Text with { CrossAttentionLayers = [1, 6] } }));
        Should.Throw<ModelConfigException>(() => CrossPlacement.Layers(config with { Text = config.Text with { CrossAttentionLayers = [3, 3] } }));
    }

    private static MammutConfig Model(int layers, int ratio, ModelLayout layout) =>
        new() { Layout = layout, Text = new() { Layers = layers, CrossAttentionRatio = ratio } };
}
