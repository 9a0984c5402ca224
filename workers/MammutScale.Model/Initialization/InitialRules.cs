namespace MammutScale.Model.Initialization;

internal enum InitialKind
{
    Constant,
    Normal,
    Uniform,
}

/// <summary>A constant value, a normal deviation, or half the width of a uniform range.</summary>
internal readonly record struct InitialRule(InitialKind Kind, double Scale)
{
    public static InitialRule Constant(double value) => new(InitialKind.Constant, value);

    public static InitialRule Normal(double deviation) => new(InitialKind.Normal, deviation);

    public static InitialRule Uniform(double bound) => new(InitialKind.Uniform, bound);
}

/// <summary>
/// open_clip's initial values. The image encoder and biases follow PyTorch's defaults (attention: Xavier uniform over the
/// packed matrix; linear and convolution: uniform ±1/√fan-in), embeddings and projections N(0, width^-½); the decoder is
/// scaled by width and depth. In the fork's layout the vocabulary head starts at zero (first captioning loss = ln V).
/// </summary>
internal static class InitialRules
{
    public static InitialRule For(string name, long[] shape, MammutConfig config)
    {
        (double vision, double text) = (config.Vision.Width, config.Text.Width);
        return name switch
        {
            "logit_scale" => InitialRule.Constant(config.InitLogitScale),
            "logit_bias" => InitialRule.Constant(config.InitLogitBias ?? 0),
            "map_viz2txt_kv" => InitialRule.Normal(1 / Math.Sqrt(vision)),
            "visual.class_embedding" or "visual.positional_embedding" or "visual.proj" => InitialRule.Normal(1 / Math.Sqrt(vision)),
            "text.token_embedding.weight" => InitialRule.Normal(0.02),
            "text.positional_embedding" => InitialRule.Normal(0.01),
            "text.text_projection" when config.Layout == ModelLayout.OpenClipMammut => InitialRule.Constant(0),
            "text.lm_head" or "text.text_projection" => InitialRule.Normal(1 / Math.Sqrt(text)),
            _ => Block(name, shape, config),
        };
    }

    private static InitialRule Block(string name, long[] shape, MammutConfig config)
    {
        string[] parts = name.Split('.');
        string owner = parts[^2], last = parts[^1];
        if (owner.StartsWith("ln_", StringComparison.Ordinal))
            return InitialRule.Constant(last == "weight" ? 1 : 0);
        if (last is "in_proj_bias" || (owner is "out_proj" && last == "bias"))
            return InitialRule.Constant(0);
        double defaultBound = 1 / Math.Sqrt(FanIn(owner, last, shape, config, parts[0]));
        if (parts[0] == "text" && last != "bias")
            return Decoder(owner, last, config.Text.Width, config.Text.Layers);
        return last == "in_proj_weight" ? InitialRule.Uniform(Math.Sqrt(6.0 / (shape[0] + shape[1]))) : InitialRule.Uniform(defaultBound);
    }

    private static InitialRule Decoder(string owner, string last, double width, double layers) => (owner, last) switch
    {
        (_, "in_proj_weight") => InitialRule.Normal(1 / Math.Sqrt(width)),
        ("c_fc", _) => InitialRule.Normal(1 / Math.Sqrt(2 * width)),
        _ => InitialRule.Normal(1 / Math.Sqrt(width * 2 * layers)),
    };

    private static double FanIn(string owner, string last, long[] shape, MammutConfig config, string tower)
    {
        if (last != "bias")
            return shape.Skip(1).Aggregate(1L, (a, b) => a * b);
        if (owner == "c_fc")
            return tower == "visual" ? config.Vision.Width : config.Text.Width;
        return tower == "visual" ? config.Vision.MlpWidth : config.Text.MlpWidth;
    }
}
