using System.Text.Json;
using System.Text.Json.Nodes;

namespace MammutScale.Model.Configuration;

/// <summary>Writes a configuration in open_clip's form; <see cref="OpenClipConfig.Parse"/> reads it back to the same.</summary>
public static class OpenClipConfigWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write(MammutConfig config)
    {
        JsonObject root = new() { ["embed_dim"] = config.EmbedDim, ["vision_cfg"] = Vision(config.Vision) };
        bool fork = config.Layout == ModelLayout.OpenClipMammut;
        root[fork ? "text_cfg" : "multimodal_cfg"] = Text(config.Text, fork);
        if (fork)
            root["custom_text"] = true;
        if (config.Activation == Activation.QuickGelu)
            root["quick_gelu"] = true;
        if (config.InitLogitScale != MammutConfig.DefaultLogitScale)
            root["init_logit_scale"] = config.InitLogitScale;
        if (config.InitLogitBias is { } bias)
            root["init_logit_bias"] = bias;
        return root.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Vision(VisionConfig v)
    {
        JsonObject result = new()
        {
            ["image_size"] = v.ImageSize,
            ["layers"] = v.Layers,
            ["width"] = v.Width,
            ["head_width"] = v.HeadWidth,
            ["patch_size"] = v.PatchSize,
            ["mlp_ratio"] = v.MlpRatio,
            ["output_tokens"] = true,
            ["pool_type"] = v.Pool switch { VisionPool.Avg => "avg", VisionPool.AvgAll => "avg_all", _ => "tok" },
            ["final_ln_after_pool"] = v.FinalNormAfterPool,
        };
        if (!v.PreNorm)
            result["no_ln_pre"] = true;
        if (v.CroppedPositions is { } crop)
        {
            result["cropped_positions"] = new JsonObject
            {
                ["map_size"] = crop.MapSize,
                ["min_area"] = crop.MinArea,
                ["max_area"] = crop.MaxArea,
                ["min_aspect"] = crop.MinAspect,
                ["max_aspect"] = crop.MaxAspect,
            };
        }
        return result;
    }

    private static JsonObject Text(TextConfig t, bool fork)
    {
        JsonObject result = new()
        {
            ["context_length"] = t.ContextLength,
            ["vocab_size"] = t.VocabSize,
            ["width"] = t.Width,
            ["heads"] = t.Heads,
            ["layers"] = t.Layers,
            ["mlp_ratio"] = t.MlpRatio,
            ["cross_attn_ratio"] = t.CrossAttentionRatio,
        };
        if (t.CrossAttentionLayers is { } layers)
            result["cross_attn_layers"] = new JsonArray([.. layers.Select(l => (JsonNode)l)]);
        if (!t.HasMlp)
            result["has_mlp"] = false;
        if (fork)
        {
            result["output_tokens"] = true;
            result["does_full_decoding"] = true;
        }
        else
        {
            result["pool_type"] = t.Pool == TextPool.Avg ? "avg" : "avg_all";
            result["use_pad_mask"] = t.UsePadMask;
            result["proj_type"] = t.Projection == TextProjection.None ? "none" : "linear";
        }
        if (!fork || t.PadId != 0)
            result["pad_id"] = t.PadId;
        if (t.BosId is { } bos)
            result["bos_id"] = bos;
        if (t.EosId is { } eos)
            result["eos_id"] = eos;
        return result;
    }
}
