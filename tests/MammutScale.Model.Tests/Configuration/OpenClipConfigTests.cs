using MammutScale.Model.Configuration;

namespace MammutScale.Model.Tests.Configuration;

public sealed class OpenClipConfigTests
{
    public static TheoryData<string> Presets => [.. Model.Configuration.Presets.Names];

    [Theory]
    [MemberData(nameof(Presets))]
    public void ReadsBackTheSame_WhenAPresetIsWritten(string name)
    {
        MammutConfig preset = MammutConfig.Preset(name);
        OpenClipConfig.Parse(OpenClipConfigWriter.Write(preset), name).ShouldBe(preset);
    }

    [Fact]
    public void ReadsBackTheSame_WhenEverythingIsUnusual()
    {
        MammutConfig config = Shapes.Modern with
        {
            Activation = Activation.QuickGelu,
            InitLogitScale = Math.Log(10),
            InitLogitBias = -10,
            EmbedDim = 20,
            Vision = Shapes.Modern.Vision with { PreNorm = false, Pool = VisionPool.Tok, FinalNormAfterPool = false, MlpRatio = 2.5, CroppedPositions = new() { MapSize = 32, MinArea = 0.25 } },
            Text = Shapes.Modern.Text with { Projection = TextProjection.Linear, PadId = 3, BosId = 35, EosId = 36, HasMlp = false, MlpRatio = 8 },
        };
        OpenClipConfig.Parse(OpenClipConfigWriter.Write(config), config.Name).ShouldBe(config);
        OpenClipConfig.Parse(OpenClipConfigWriter.Write(Shapes.Fork), Shapes.Fork.Name).ShouldBe(Shapes.Fork);
        MammutConfig listed = config with { Text = config.Text with { CrossAttentionLayers = [0, 2] } };
        OpenClipConfig.Parse(OpenClipConfigWriter.Write(listed)).Text.CrossAttentionLayers.ShouldBe([0, 2]);
    }

    [Fact]
    public void TheUpstreamFile_IsThePresetB32()
    {
        const string File = """
            {"model_cfg": {"embed_dim": 512,
              "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32, "output_tokens": true, "pool_type": "avg", "final_ln_after_pool": true},
              "multimodal_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12, "cross_attn_ratio": 2}},
             "preprocess_cfg": {"mean": [0.48, 0.46, 0.41]}}
            """;
        OpenClipConfig.Parse(File, "mammut-b32").ShouldBe(MammutConfig.Preset("mammut-b32"));
    }

    [Fact]
    public void KeysThatChangeNothingAreAccepted()
    {
        const string File = """
            {"embed_dim": 512, "custom_text": true, "quick_gelu": false, "init_logit_bias": null,
             "vision_cfg": {"patch_size": 32, "pool_type": "avg", "final_ln_after_pool": true, "ls_init_value": null, "patch_dropout": 0.0, "attentional_pool": false,
                            "timm_model_name": null, "timm_pool": "avg", "act_kwargs": {}, "n_queries": 256},
             "multimodal_cfg": {"cross_attn_ratio": 2, "dim_head": 64, "embed_cls": false, "hf_tokenizer_name": "x", "text_arch": "classic"}}
            """;
        OpenClipConfig.Parse(File, "mammut-b32").ShouldBe(MammutConfig.Preset("mammut-b32"));
    }

    [Theory]
    [InlineData("""{"embed_dim": 512, "vision_cfg": {"ls_init_value": 0.1}, "multimodal_cfg": {}}""", "ls_init_value is 0.1")]
    [InlineData("""{"embed_dim": 512, "vision_cfg": {}, "multimodal_cfg": {"qk_norm": true}}""", "qk_norm is true, expected false")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "expected an object")]
    [InlineData("""{"embed_dim": 8}""", "no 'vision_cfg'")]
    [InlineData("""{"embed_dim": 8, "vision_cfg": {}}""", "neither 'multimodal_cfg' nor 'text_cfg'")]
    [InlineData("""{"embed_dim": 512, "vision_cfg": {}, "text_cfg": {}}""", "does_full_decoding")]
    [InlineData("""{"embed_dim": 512, "vision_cfg": {"timm_model_name": "x"}, "multimodal_cfg": {}}""", "timm_model_name")]
    [InlineData("""{"embed_dim": 512, "vision_cfg": {"pool_type": "map"}, "multimodal_cfg": {}}""", "vision_cfg.pool_type is \"map\", expected 'tok' or 'avg' or 'avg_all'")]
    [InlineData("""{"embed_dim": 512, "vision_cfg": {"width": 7.5}, "multimodal_cfg": {}}""", "vision_cfg.width is 7.5, expected a whole number")]
    [InlineData("""{"embed_dim": 512, "vision_cfg": {}, "multimodal_cfg": {"text_arch": "modern"}}""", "text_arch")]
    [InlineData("""{"embed_dim": 500, "vision_cfg": {"patch_size": 15}, "multimodal_cfg": {"heads": 7}}""", "image_size 224 must be a positive multiple of patch_size 15")]
    public void SaysWhatIsWrong_WhenAFileIsNotAMammut(string json, string expected) =>
        Should.Throw<ModelConfigException>(() => OpenClipConfig.Parse(json)).Message.ShouldContain(expected);

    [Fact]
    public void NamesEveryFault_WhenThereAreSeveral()
    {
        string message = Should.Throw<ModelConfigException>(() => ConfigCheck.ThrowIfInvalid(
            new() { EmbedDim = 500, Vision = new() { PatchSize = 15 }, Text = new() { Heads = 7, CrossAttentionRatio = 0 } })).Message;
        foreach (string part in (string[])["patch_size 15", "heads 7", "embed_dim 500", "cross_attn_ratio 0"])
            message.ShouldContain(part);
    }

    [Fact]
    public void NamesThePresets_WhenThereIsNoSuchOne() =>
        Should.Throw<ModelConfigException>(() => MammutConfig.Preset("mammut-huge")).Message.ShouldContain("mammut-tiny");
}
