using MammutScale.Model.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Initialization;

[Collection("torch")]
public sealed class InitialValuesTests : IDisposable
{
    private const int VisionWidth = 96, TextWidth = 64, TextLayers = 4;

    private static readonly MammutConfig Config = new()
    {
        EmbedDim = 64,
        Vision = new() { ImageSize = 32, PatchSize = 8, Width = VisionWidth, Layers = 2, HeadWidth = 32, Pool = VisionPool.Avg },
        Text = new() { ContextLength = 16, VocabSize = 500, Width = TextWidth, Heads = 4, Layers = TextLayers },
    };

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Mammut _model = new(Config, seed: 3);

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    public static TheoryData<string, double> Deviations => new()
    {
        { "visual.class_embedding", 1 / Math.Sqrt(VisionWidth) },
        { "visual.positional_embedding", 1 / Math.Sqrt(VisionWidth) },
        { "visual.proj", 1 / Math.Sqrt(VisionWidth) },
        { "visual.conv1.weight", 1 / Math.Sqrt(3 * 3 * 64) },
        { "visual.transformer.resblocks.1.attn.in_proj_weight", Math.Sqrt(2.0 / (4 * VisionWidth)) },
        { "visual.transformer.resblocks.1.attn.out_proj.weight", 1 / Math.Sqrt(3.0 * VisionWidth) },
        { "visual.transformer.resblocks.1.mlp.c_fc.weight", 1 / Math.Sqrt(3.0 * VisionWidth) },
        { "visual.transformer.resblocks.1.mlp.c_fc.bias", 1 / Math.Sqrt(3.0 * VisionWidth) },
        { "visual.transformer.resblocks.1.mlp.c_proj.weight", 1 / Math.Sqrt(3.0 * 4 * VisionWidth) },
        { "map_viz2txt_kv", 1 / Math.Sqrt(VisionWidth) },
        { "text.token_embedding.weight", 0.02 },
        { "text.positional_embedding", 0.01 },
        { "text.lm_head", 1 / Math.Sqrt(TextWidth) },
        { "text.resblocks.3.attn.in_proj_weight", 1 / Math.Sqrt(TextWidth) },
        { "text.resblocks.3.attn.out_proj.weight", 1 / Math.Sqrt(TextWidth * 2.0 * TextLayers) },
        { "text.cross_attn.1.attn.in_proj_weight", 1 / Math.Sqrt(TextWidth) },
        { "text.cross_attn.1.mlp.c_fc.weight", 1 / Math.Sqrt(2.0 * TextWidth) },
        { "text.cross_attn.1.mlp.c_proj.weight", 1 / Math.Sqrt(TextWidth * 2.0 * TextLayers) },
        { "text.resblocks.0.mlp.c_proj.bias", 1 / Math.Sqrt(3.0 * 4 * TextWidth) },
    };

    [Theory]
    [MemberData(nameof(Deviations))]
    public void HasOpenClipsMeanAndDeviation(string name, double deviation)
    {
        Parameter parameter = _model.get_parameter(name)!;
        double count = parameter.numel();
        // five standard errors of each estimate
        ((double)parameter.mean().item<float>() / deviation).ShouldBe(0, 5 / Math.Sqrt(count), name);
        ((double)parameter.std().item<float>() / deviation).ShouldBe(1, 5 / Math.Sqrt(2 * count), name);
    }

    [Theory]
    [InlineData("visual.ln_pre.weight", 1)]
    [InlineData("text.cross_attn.0.ln_1_kv.weight", 1)]
    [InlineData("text.ln_final.bias", 0)]
    [InlineData("text.resblocks.0.attn.in_proj_bias", 0)]
    [InlineData("visual.transformer.resblocks.0.attn.out_proj.bias", 0)]
    [InlineData("logit_scale", 2.6592600)]
    public void IsConstant_WhereOpenClipHasConstants(string name, double value) =>
        Shapes.Distance(_model.get_parameter(name)!, full(_model.get_parameter(name)!.shape, value)).ShouldBe(0, 1e-6);

    [Fact]
    public void FirstLossesAreThoseOfChance()
    {
        Tensor images = Shapes.Images(Config, 8), ids = Shapes.Texts(Config, 16, 9, 8, 12, 5, 16, 7, 10);
        ImageEncoding image = _model.EncodeImage(images);
        TextEncoding text = _model.TextPasses(ids, null, image.Tokens);
        Model.Losses.CaptionTargets targets = _model.CaptionTargets(ids);
        double caption = _model.CaptionLoss(text.Hidden, targets, targets.Count).item<float>();
        caption.ShouldBe(Math.Log(500), 0.1 * Math.Log(500));

        using Mammut fork = new(Config with { Layout = ModelLayout.OpenClipMammut });
        fork.CaptionLoss(fork.TextPasses(ids, null, fork.EncodeImage(images).Tokens).Hidden, targets, targets.Count).item<float>().ShouldBe((float)Math.Log(500), 1e-5f);
    }

    [Fact]
    public void ValuesDependOnSeedAndNameOnly()
    {
        using Mammut same = new(Config, seed: 3), other = new(Config, seed: 4), deeper = new(Config with { Vision = Config.Vision with { Layers = 3 } }, seed: 3);
        const string Name = "visual.transformer.resblocks.1.mlp.c_fc.weight";
        Shapes.Distance(same.get_parameter(Name)!, _model.get_parameter(Name)!).ShouldBe(0);
        Shapes.Distance(deeper.get_parameter(Name)!, _model.get_parameter(Name)!).ShouldBe(0);
        Shapes.Distance(other.get_parameter(Name)!, _model.get_parameter(Name)!).ShouldBeGreaterThan(1e-3);
        using Mammut half = new(Config, seed: 3, dtype: bfloat16);
        Shapes.Distance(half.get_parameter(Name)!, _model.get_parameter(Name)!.to(bfloat16)).ShouldBe(0);
    }
}
