namespace MammutScale.Model;

/// <summary>
/// The names under which <see cref="IBackwardMarkers"/> hears of blocks, and which parameters each stands for. Parameters of no
/// block (embeddings, `visual.conv1`, `visual.ln_pre`, `logit_scale`, the vocabulary head) are final when the backward pass returns.
/// </summary>
public static class BlockNames
{
    /// <summary>Final norm and projection of the image encoder.</summary>
    public const string VisionHead = "vision.head";

    /// <summary>The matrix from image tokens to the decoder.</summary>
    public const string Bridge = "bridge";

    /// <summary>Final norm of the decoder.</summary>
    public const string TextHead = "text.head";

    public static string Vision(int layer) => $"vision.{layer}";

    public static string Text(int layer) => $"text.{layer}";

    public static string Cross(int block) => $"cross.{block}";

    /// <summary>The block that a parameter belongs to; null where it belongs to none.</summary>
    public static string? Of(string parameter)
    {
        string[] parts = parameter.Split('.');
        return parts switch
        {
            ["visual", "transformer", "resblocks", var i, ..] => $"vision.{i}",
            ["visual", "ln_post", ..] or ["visual", "proj"] => VisionHead,
            ["text", "resblocks", var i, ..] => $"text.{i}",
            ["text", "cross_attn", var i, ..] => $"cross.{i}",
            ["text", "ln_final", ..] => TextHead,
            ["map_viz2txt_kv"] => Bridge,
            _ => null,
        };
    }
}
