namespace MammutScale.Model.Tests;

[Collection("torch")]
public sealed class StateDictTests
{
    private const string Block = "ln_1.weight ln_1.bias attn.in_proj_weight attn.in_proj_bias attn.out_proj.weight attn.out_proj.bias " +
        "ln_2.weight ln_2.bias mlp.c_fc.weight mlp.c_fc.bias mlp.c_proj.weight mlp.c_proj.bias";

    [Fact]
    public void NamesAreOpenClips_WhenTheModelIsModern()
    {
        using Mammut model = new(Shapes.Modern with { InitLogitBias = -10 }, initialize: false);
        string[] expected =
        [
            "logit_bias", "logit_scale", "map_viz2txt_kv", "visual.class_embedding", "visual.positional_embedding", "visual.conv1.weight",
            "visual.ln_pre.weight", "visual.ln_pre.bias", "visual.ln_post.weight", "visual.ln_post.bias", "visual.proj",
            "text.token_embedding.weight", "text.positional_embedding", "text.ln_final.weight", "text.ln_final.bias", "text.lm_head",
            .. Of("visual.transformer.resblocks.0", Block), .. Of("visual.transformer.resblocks.1", Block),
            .. Of("text.resblocks.0", Block), .. Of("text.resblocks.1", Block), .. Of("text.resblocks.2", Block),
            .. Of("text.cross_attn.0", Block + " ln_1_kv.weight ln_1_kv.bias"), .. Of("text.cross_attn.1", Block + " ln_1_kv.weight ln_1_kv.bias"),
        ];
        model.state_dict().Keys.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public void TheVocabularyHeadIsTextProjection_WhenTheModelIsTheForks()
    {
        using Mammut model = new(Shapes.Fork, initialize: false);
        Dictionary<string, TorchSharp.torch.Tensor> state = model.state_dict();
        state["text.text_projection"].shape.ShouldBe([24, 37]);
        state.ShouldNotContainKey("text.lm_head");
        state.ShouldNotContainKey("logit_bias");
    }

    [Fact]
    public void EveryParameterBelongsToAKnownBlockOrNone()
    {
        using Mammut model = new(Shapes.Modern, initialize: false);
        string[] none = [.. model.named_parameters().Select(p => p.name).Where(n => BlockNames.Of(n) is null)];
        none.ShouldBe(
        [
            "logit_scale", "text.lm_head", "text.positional_embedding", "text.token_embedding.weight", "visual.class_embedding",
            "visual.conv1.weight", "visual.ln_pre.bias", "visual.ln_pre.weight", "visual.positional_embedding",
        ], ignoreOrder: true);
        BlockNames.Of("text.cross_attn.1.ln_1_kv.bias").ShouldBe(BlockNames.Cross(1));
        BlockNames.Of("visual.transformer.resblocks.0.mlp.c_fc.weight").ShouldBe(BlockNames.Vision(0));
    }

    [Fact]
    public void AModelOutlivesTheScopeItWasMadeIn()
    {
        Mammut model;
        using (TorchSharp.torch.NewDisposeScope())
            model = new(Shapes.Modern);
        model.parameters().ShouldAllBe(p => !p.IsInvalid);
        model.LogitScale.item<float>().ShouldBe((float)MammutConfig.DefaultLogitScale);
        model.Dispose();
    }

    private static IEnumerable<string> Of(string prefix, string names) => names.Split(' ').Select(n => $"{prefix}.{n}");
}
