using System.Text.Json;

namespace MammutScale.Model.Configuration;

/// <summary>
/// open_clip's model configuration: `embed_dim`, `vision_cfg` and either `multimodal_cfg` (open_clip) or `text_cfg` with
/// `does_full_decoding` (LAION's fork). Also inside `model_cfg`, as published with weights. Two keys are ours and appear only
/// when used: `cross_attn_layers` and `cropped_positions`. Keys that would make another model are refused by name.
/// </summary>
public static class OpenClipConfig
{
    private const string ForkPool = "avg_all";

    /// <exception cref="ModelConfigException">No JSON, or a configuration that this model cannot have.</exception>
    public static MammutConfig Parse(string json, string name = "mammut")
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(document.RootElement, name);
        }
        catch (JsonException e)
        {
            throw new ModelConfigException($"The model configuration is not valid JSON: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="Parse(string, string)"/>
    public static MammutConfig Read(JsonElement element, string name = "mammut")
    {
        ConfigSection root = new(element, "the configuration");
        if (root.Has("model_cfg"))
            return Read(element.GetProperty("model_cfg"), name);
        ConfigSection vision = root.Section("vision_cfg") ?? throw new ModelConfigException("The configuration has no 'vision_cfg'.");
        ConfigSection? modern = root.Section("multimodal_cfg"), fork = root.Section("text_cfg");
        if (modern is not null && fork is not null)
            throw new ModelConfigException("The configuration has both 'multimodal_cfg' and 'text_cfg': that is CoCa, not MaMMUT.");
        if (modern is null && fork is null)
            throw new ModelConfigException("The configuration has neither 'multimodal_cfg' nor 'text_cfg'.");
        MammutConfig config = new()
        {
            Name = name,
            EmbedDim = root.RequiredInt("embed_dim"),
            Layout = modern is null ? ModelLayout.OpenClipMammut : ModelLayout.OpenClip,
            Activation = root.Bool("quick_gelu", false) ? Activation.QuickGelu : Activation.Gelu,
            InitLogitScale = root.Double("init_logit_scale", MammutConfig.DefaultLogitScale),
            InitLogitBias = root.OptionalDouble("init_logit_bias"),
            Vision = Vision(vision),
            Text = modern is null ? Fork(fork!) : Modern(modern),
        };
        root.Only("nonscalar_logit_scale", "false");
        root.Ignore("custom_text", "model_type", "name");
        root.Done();
        ConfigCheck.ThrowIfInvalid(config);
        return config;
    }

    private static VisionConfig Vision(ConfigSection s)
    {
        VisionConfig result = new()
        {
            ImageSize = s.Int("image_size", 224),
            PatchSize = s.Int("patch_size", 16),
            Width = s.Int("width", 768),
            Layers = s.Int("layers", 12),
            HeadWidth = s.Int("head_width", 64),
            MlpRatio = s.Double("mlp_ratio", 4),
            Pool = s.Choice("pool_type", VisionPool.Tok, ("tok", VisionPool.Tok), ("avg", VisionPool.Avg), (ForkPool, VisionPool.AvgAll)),
            FinalNormAfterPool = s.Bool("final_ln_after_pool", false),
            PreNorm = !s.Bool("no_ln_pre", false),
            CroppedPositions = s.Section("cropped_positions") is { } crop ? Cropped(crop) : null,
        };
        s.Only("pos_embed_type", "learnable");
        s.Only("patch_dropout", "0");
        s.Off("attentional_pool", "input_patchnorm", "global_average_pool");
        Block(s);
        s.Ignore("output_tokens", "n_queries", "attn_pooler_queries", "attn_pooler_heads", "timm_model_pretrained", "timm_pool", "timm_proj", "timm_proj_bias", "timm_drop");
        s.Done();
        return result;
    }

    private static CroppedPositionConfig Cropped(ConfigSection s)
    {
        CroppedPositionConfig standard = new();
        CroppedPositionConfig result = new()
        {
            MapSize = s.Int("map_size", standard.MapSize),
            MinArea = s.Double("min_area", standard.MinArea),
            MaxArea = s.Double("max_area", standard.MaxArea),
            MinAspect = s.Double("min_aspect", standard.MinAspect),
            MaxAspect = s.Double("max_aspect", standard.MaxAspect),
        };
        s.Done();
        return result;
    }

    private static TextConfig Modern(ConfigSection s)
    {
        TextConfig result = Shape(s) with
        {
            Pool = s.Choice("pool_type", TextPool.Avg, ("avg", TextPool.Avg), (ForkPool, TextPool.AvgAll)),
            UsePadMask = s.Bool("use_pad_mask", true),
            Projection = s.Choice("proj_type", TextProjection.None, ("none", TextProjection.None), ("linear", TextProjection.Linear)),
        };
        s.Only("text_arch", "default", "classic");
        s.Done();
        return result;
    }

    private static TextConfig Fork(ConfigSection s)
    {
        if (!s.Bool("does_full_decoding", false))
            throw new ModelConfigException("text_cfg.does_full_decoding is not true: that is a CLIP text encoder, not MaMMUT's decoder.");
        TextConfig result = Shape(s) with { Pool = TextPool.AvgAll, UsePadMask = false };
        // CLIP's text pooling and projection: the fork's decoder has neither
        s.Ignore("pool_type", "proj_type");
        s.Done();
        return result;
    }

    private static TextConfig Shape(ConfigSection s)
    {
        TextConfig shape = new()
        {
            ContextLength = s.Int("context_length", 77),
            VocabSize = s.Int("vocab_size", 49408),
            Width = s.Int("width", 512),
            Heads = s.Int("heads", 8),
            Layers = s.Int("layers", 12),
            MlpRatio = s.Double("mlp_ratio", 4),
            CrossAttentionRatio = s.Int("cross_attn_ratio", 1),
            CrossAttentionLayers = s.Ints("cross_attn_layers"),
            HasMlp = s.Bool("has_mlp", true),
            PadId = s.Int("pad_id", 0),
            BosId = s.OptionalInt("bos_id"),
            EosId = s.OptionalInt("eos_id"),
        };
        s.Off("embed_cls", "no_causal_mask", "final_ln_after_pool", "proj_bias", "attn_gated", "value_residual");
        Block(s);
        s.Ignore("output_tokens", "dim_head", "n_queries", "attn_pooler_heads", "hf_tokenizer_name", "tokenizer_mode", "tokenizer_kwargs", "hf_model_pretrained",
            "hf_proj_type", "hf_pooler_type", "correct_cls_mask");
        return shape;
    }

    /// <summary>open_clip's variations of a block that would make another model.</summary>
    private static void Block(ConfigSection s)
    {
        s.Only("ls_init_value");
        s.Only("act_kwargs", "{}");
        s.Only("norm_kwargs", "{}");
        s.Off("qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc");
    }
}
