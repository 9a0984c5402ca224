using MammutScale.Model.Configuration;
using MammutScale.Model.Sizing;
using static MammutScale.Model.Configuration.VisionPool;

namespace MammutScale.Model.Tests.Sizing;

[Collection("torch")]
public sealed class CountTests
{
    /// <summary>LAION's table: name, embed, vision width/layers/patch, text width/heads/layers, has_mlp, visual, text, total.</summary>
    public static TheoryData<string, int, int, int, int, int, int, int, bool, long, long, long> ForkTable => new()
    {
        { "S-32", 384, 384, 12, 32, 384, 6, 12, false, 22_641_792, 62_826_624, 85_615_873 },
        { "S-16", 384, 384, 12, 16, 384, 6, 12, false, 21_813_504, 62_826_624, 84_787_585 },
        { "S-14", 384, 384, 12, 14, 384, 6, 12, false, 21_767_424, 62_826_624, 84_741_505 },
        { "M-32", 512, 512, 12, 32, 512, 8, 12, false, 39_691_776, 94_778_880, 134_732_801 },
        { "M-16", 512, 512, 12, 16, 512, 8, 12, false, 38_587_392, 94_778_880, 133_628_417 },
        { "M-14", 512, 512, 12, 14, 512, 8, 12, false, 38_525_952, 94_778_880, 133_566_977 },
        { "B-32", 512, 768, 12, 32, 512, 8, 12, false, 87_849_216, 94_778_880, 183_021_313 },
        { "B-16", 768, 768, 12, 16, 768, 12, 12, true, 86_389_248, 203_542_272, 290_521_345 },
        { "B-14", 512, 768, 12, 14, 512, 8, 12, false, 86_100_480, 94_778_880, 181_272_577 },
        { "L-32", 768, 1024, 24, 32, 768, 12, 12, true, 306_297_856, 203_542_272, 510_626_561 },
        { "L-16", 768, 1024, 24, 16, 768, 12, 12, true, 304_089_088, 203_542_272, 508_417_793 },
        { "L-14", 768, 1024, 24, 14, 768, 12, 12, true, 303_966_208, 203_542_272, 508_294_913 },
        { "H-32", 1024, 1280, 32, 32, 1024, 16, 24, true, 634_991_360, 554_757_120, 1_191_059_201 },
        { "H-16", 1024, 1280, 32, 16, 1024, 16, 24, true, 632_230_400, 554_757_120, 1_188_298_241 },
        { "H-14", 1024, 1280, 32, 14, 1024, 16, 24, true, 632_076_800, 554_757_120, 1_188_144_641 },
    };

    [Theory]
    [MemberData(nameof(ForkTable))]
    public void ParametersMatchThePublishedTable_WhenTheShapeIsTheForks(
        string name, int embed, int visionWidth, int visionLayers, int patch, int textWidth, int heads, int textLayers, bool hasMlp, long visual, long text, long total)
    {
        ParameterCount count = ParameterCount.Of(ForkModel(name, embed, visionWidth, visionLayers, patch, textWidth, heads, textLayers, hasMlp));
        (count.Vision, count.Text, count.Total).ShouldBe((visual, text, total));
    }

    [Theory]
    [InlineData("mammut-b32", 87_849_216, 107_383_296, 195_625_729)]
    [InlineData("mammut-l14", 303_966_208, 203_542_272, 508_294_913)]
    public void ParametersMatchOpenClips_WhenThePresetIsItsShape(string preset, long visual, long text, long total)
    {
        ParameterCount count = ParameterCount.Of(MammutConfig.Preset(preset));
        (count.Vision, count.Text, count.Total).ShouldBe((visual, text, total));
    }

    [Fact]
    public void ParametersMatchMammut2B16()
    {
        MammutConfig b32 = MammutConfig.Preset("mammut-b32");
        ParameterCount.Of(b32 with { Vision = b32.Vision with { PatchSize = 16 } }).Total.ShouldBe(193_969_153);
    }

    [Fact]
    public void ThePapersModelHasTwoBillionParameters()
    {
        ParameterCount count = ParameterCount.Of(MammutConfig.Preset("mammut-2b"));
        count.ShouldBe(new ParameterCount(632_732_160, 1_471_461_888, 424_935_936, 1_966_080, 1));
        // the paper: 630M encoder, 1B decoder, 420M cross-attention
        (count.Vision / 1e6).ShouldBe(630, 10);
        ((count.Text - count.CrossAttention) / 1e9).ShouldBe(1, 0.1);
        (count.CrossAttention / 1e6).ShouldBe(420, 6);
    }

    [Theory]
    [InlineData("mammut-tiny")]
    [InlineData("mammut-small")]
    public void ShapesAreThoseOfTheRealModule_WhenItIsSmallEnoughToBuild(string preset) => SameShapes(MammutConfig.Preset(preset));

    [Fact]
    public void ShapesAreThoseOfTheRealModule_WhenTheConfigurationIsUnusual()
    {
        SameShapes(Shapes.Fork with { Text = Shapes.Fork.Text with { HasMlp = false } });
        SameShapes(Shapes.Modern with { EmbedDim = 20, InitLogitBias = -10, Text = Shapes.Modern.Text with { Projection = TextProjection.Linear, CrossAttentionLayers = [1] } });
        SameShapes(Shapes.Modern with { Vision = Shapes.Modern.Vision with { PreNorm = false } });
    }

    /// <summary>The fork's own count has the vocabulary head in the contrastive pass too; ours does not run it there.</summary>
    [Theory]
    [InlineData(14, 1024, 24, 768, 12, 12, 768, 209.84)]
    [InlineData(14, 1280, 32, 1024, 16, 24, 1024, 477.33)]
    public void FlopsMatchTheForksProfile_WhenItsSecondHeadIsAdded(int patch, int visionWidth, int visionLayers, int textWidth, int heads, int textLayers, int embed, double expected)
    {
        MammutConfig config = ForkModel("fork", embed, visionWidth, visionLayers, patch, textWidth, heads, textLayers, true);
        FlopCount flops = FlopCount.Of(config);
        ((flops.Forward + (2.0 * 77 * textWidth * 49408)) / 1e9).ShouldBe(expected, 0.02);
    }

    [Theory]
    [InlineData("mammut-b32", 27.29)]
    [InlineData("mammut-l14", 203.99)]
    public void FlopsMatchTheDerivedCounts_WhenTheHeadRunsOnce(string preset, double expected) =>
        (FlopCount.Of(MammutConfig.Preset(preset)).Forward / 1e9).ShouldBe(expected, expected * 0.005);

    private static MammutConfig ForkModel(string name, int embed, int visionWidth, int visionLayers, int patch, int textWidth, int heads, int textLayers, bool hasMlp) => new()
    {
        Name = name,
        EmbedDim = embed,
        Layout = ModelLayout.OpenClipMammut,
        Vision = new() { Width = visionWidth, Layers = visionLayers, PatchSize = patch, HeadWidth = visionWidth == 1280 ? 80 : 64, Pool = AvgAll, FinalNormAfterPool = true },
        Text = new() { Width = textWidth, Heads = heads, Layers = textLayers, HasMlp = hasMlp, Pool = TextPool.AvgAll, UsePadMask = false },
    };

    private static void SameShapes(MammutConfig config)
    {
        using Mammut model = new(config, initialize: false);
        string[] real = [.. model.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]").Order(StringComparer.Ordinal)];
        string[] counted = [.. ParameterShapes.Of(config).Select(p => $"{p.Name} [{string.Join(", ", p.Shape)}]").Order(StringComparer.Ordinal)];
        counted.ShouldBe(real);
        ParameterCount.Of(config).Total.ShouldBe(model.named_parameters().Sum(p => p.parameter.numel()));
    }
}
