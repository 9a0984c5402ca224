namespace MammutScale.Model.Configuration;

/// <summary>Says everything that is wrong with a configuration at once.</summary>
public static class ConfigCheck
{
    /// <exception cref="ModelConfigException">With one line for each fault: key, found value, what is expected.</exception>
    public static void ThrowIfInvalid(MammutConfig config)
    {
        List<string> faults = [.. Vision(config.Vision), .. Text(config.Text), .. Together(config)];
        try
        {
            CrossPlacement.Layers(config);
        }
        catch (ModelConfigException e)
        {
            faults.Add(e.Message);
        }
        if (faults.Count > 0)
            throw new ModelConfigException($"Model '{config.Name}' cannot be built:{string.Concat(faults.Select(f => "\n  " + f))}");
    }

    private static IEnumerable<string> Vision(VisionConfig v)
    {
        if (v.PatchSize < 1 || v.ImageSize < v.PatchSize || v.ImageSize % v.PatchSize != 0)
            yield return $"vision image_size {v.ImageSize} must be a positive multiple of patch_size {v.PatchSize}.";
        if (v.Layers < 1)
            yield return $"vision layers {v.Layers} must be at least 1.";
        if (v.HeadWidth < 1 || v.Width < v.HeadWidth || v.Width % v.HeadWidth != 0)
            yield return $"vision width {v.Width} must be a positive multiple of head_width {v.HeadWidth}.";
        if (v.MlpRatio <= 0)
            yield return $"vision mlp_ratio {v.MlpRatio} must be positive.";
        if (v.CroppedPositions is { } c
            && (c.MapSize < 1 || !(0 < c.MinArea && c.MinArea <= c.MaxArea && c.MaxArea <= 1) || !(0 < c.MinAspect && c.MinAspect <= c.MaxAspect)))
            yield return "vision cropped_positions: expected map_size ≥ 1, 0 < min_area ≤ max_area ≤ 1 and 0 < min_aspect ≤ max_aspect.";
    }

    private static IEnumerable<string> Text(TextConfig t)
    {
        if (t.Layers < 1)
            yield return $"text layers {t.Layers} must be at least 1.";
        if (t.Heads < 1 || t.Width < t.Heads || t.Width % t.Heads != 0)
            yield return $"text width {t.Width} must be a positive multiple of heads {t.Heads}.";
        if (t.ContextLength < 2)
            yield return $"text context_length {t.ContextLength} must be at least 2.";
        if (t.VocabSize < 1)
            yield return $"text vocab_size {t.VocabSize} must be at least 1.";
        if (t.PadId < 0 || t.PadId >= t.VocabSize)
            yield return $"text pad_id {t.PadId} must lie in the vocabulary of {t.VocabSize}.";
        if (t.MlpRatio <= 0)
            yield return $"text mlp_ratio {t.MlpRatio} must be positive.";
    }

    private static IEnumerable<string> Together(MammutConfig c)
    {
        if (c.EmbedDim < 1)
            yield return $"embed_dim {c.EmbedDim} must be at least 1.";
        if (c.Text.Projection == TextProjection.None && c.EmbedDim != c.Text.Width)
            yield return $"embed_dim {c.EmbedDim} must equal the text width {c.Text.Width} unless proj_type is 'linear'.";
        if (c.Layout == ModelLayout.OpenClipMammut && c.Text.Projection == TextProjection.Linear)
            yield return "the fork's layout has no contrastive text projection (its text_projection is the vocabulary head): proj_type must be 'none'.";
    }
}
