using MammutScale.Model.Configuration;

namespace MammutScale.Model.Weights;

/// <summary>Between the state dicts of open_clip and of LAION's fork: one name differs, and the meaning of padding.</summary>
public static class LayoutConversion
{
    private const string ForkHead = "text.text_projection";
    private const string OpenClipHead = "text.lm_head";

    /// <summary>
    /// Whose names a state dict has. Only without `text.lm_head` is `text.text_projection` the fork's vocabulary head; with it,
    /// it is open_clip's contrastive projection.
    /// </summary>
    public static ModelLayout LayoutOf(IEnumerable<string> names)
    {
        HashSet<string> set = [.. names];
        return !set.Contains(OpenClipHead) && set.Contains(ForkHead) ? ModelLayout.OpenClipMammut : ModelLayout.OpenClip;
    }

    /// <summary>A parameter's name in another layout.</summary>
    public static string Rename(string name, ModelLayout from, ModelLayout to) => (from, to) switch
    {
        (ModelLayout.OpenClipMammut, ModelLayout.OpenClip) when name == ForkHead => OpenClipHead,
        (ModelLayout.OpenClip, ModelLayout.OpenClipMammut) when name == OpenClipHead => ForkHead,
        _ => name,
    };

    /// <summary>The same model, number for number, described in another layout.</summary>
    /// <exception cref="ModelConfigException">The other layout has no words for it.</exception>
    public static MammutConfig Convert(MammutConfig config, ModelLayout to)
    {
        if (config.Layout == to)
            return config;
        MammutConfig converted = to == ModelLayout.OpenClip ? ToOpenClip(config) : ToFork(config);
        if (!CrossPlacement.Layers(converted).SequenceEqual(CrossPlacement.Layers(config)))
            throw new ModelConfigException($"cross_attn_ratio {config.Text.CrossAttentionRatio} with {config.Text.Layers} layers places cross-attention differently in the other layout.");
        return converted;
    }

    private static MammutConfig ToOpenClip(MammutConfig config) => config.Text.HasMlp
        ? config with { Layout = ModelLayout.OpenClip, Text = config.Text with { Pool = TextPool.AvgAll, UsePadMask = false } }
        : throw new ModelConfigException("open_clip's layout has no models with has_mlp = false; keep the fork's layout for these weights.");

    private static MammutConfig ToFork(MammutConfig config) => config.Text is { Pool: TextPool.AvgAll, UsePadMask: false, Projection: TextProjection.None }
        ? config with { Layout = ModelLayout.OpenClipMammut }
        : throw new ModelConfigException("The fork's layout has only models with pool_type 'avg_all', use_pad_mask false and proj_type 'none'.");
}
