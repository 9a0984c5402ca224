namespace MammutScale.Model.Configuration;

/// <summary>Where the cross-attention blocks stand.</summary>
public static class CrossPlacement
{
    /// <summary>
    /// The self-attention layers after which cross-attention block 0, 1, … runs.
    /// open_clip: every layer i with i mod ratio = 0. LAION's fork: i mod (layers / (layers / ratio)) = 0, integer divisions.
    /// </summary>
    /// <exception cref="ModelConfigException">The fork's rule asks for more calls than it makes blocks, or a listed layer does not exist.</exception>
    public static int[] Layers(MammutConfig config)
    {
        TextConfig text = config.Text;
        if (text.CrossAttentionLayers is { } listed)
        {
            for (int i = 0; i < listed.Count; i++)
                if (listed[i] < 0 || listed[i] >= text.Layers || (i > 0 && listed[i] <= listed[i - 1]))
                    throw new ModelConfigException(
                        $"cross_attn_layers [{string.Join(", ", listed)}]: expected ascending layer numbers from 0 to {text.Layers - 1}.");
            return [.. listed];
        }
        if (text.CrossAttentionRatio < 1 || text.CrossAttentionRatio > text.Layers)
            throw new ModelConfigException($"cross_attn_ratio {text.CrossAttentionRatio}: expected 1 to the number of text layers, {text.Layers}.");
        if (config.Layout == ModelLayout.OpenClip)
            return Every(text.CrossAttentionRatio, text.Layers);
        int blocks = text.Layers / text.CrossAttentionRatio;
        int[] layers = Every(text.Layers / blocks, text.Layers);
        return layers.Length == blocks
            ? layers
            : throw new ModelConfigException(
                $"cross_attn_ratio {text.CrossAttentionRatio} with {text.Layers} layers: the fork's rule makes {blocks} cross-attention blocks but calls {layers.Length}; " +
                "choose a ratio that divides the layers, or list cross_attn_layers.");
    }

    private static int[] Every(int step, int layers) => [.. Enumerable.Range(0, layers).Where(i => i % step == 0)];
}
