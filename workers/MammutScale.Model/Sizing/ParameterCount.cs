using MammutScale.Model.Tubes;

namespace MammutScale.Model.Sizing;

/// <summary>How many parameters a configuration has, by part.</summary>
/// <param name="Vision">Image encoder with its projection.</param>
/// <param name="Text">Decoder with embeddings, cross-attention and vocabulary head.</param>
/// <param name="CrossAttention">The cross-attention blocks' share of <paramref name="Text"/>.</param>
/// <param name="Bridge">Image tokens to decoder width.</param>
/// <param name="Scalars">Scale and bias of the contrastive logits.</param>
/// <param name="Video">What tubes add for clips.</param>
public sealed record ParameterCount(long Vision, long Text, long CrossAttention, long Bridge, long Scalars, long Video = 0)
{
    public long Total => Vision + Text + Bridge + Scalars + Video;

    /// <summary>Counts shapes; allocates nothing, whatever the size.</summary>
    /// <param name="config">The model.</param>
    /// <param name="video">Its tubes; null = none.</param>
    public static ParameterCount Of(MammutConfig config, VideoConfig? video = null)
    {
        (long vision, long text, long cross, long bridge, long scalars) = (0, 0, 0, 0, 0);
        foreach ((string name, long[] shape) in ParameterShapes.Of(config))
        {
            long count = Elements(shape);
            if (name.StartsWith("visual.", StringComparison.Ordinal))
                vision += count;
            else if (name.StartsWith("text.", StringComparison.Ordinal))
                text += count;
            else if (name == "map_viz2txt_kv")
                bridge += count;
            else
                scalars += count;
            if (name.StartsWith("text.cross_attn.", StringComparison.Ordinal))
                cross += count;
        }
        return new(vision, text, cross, bridge, scalars, video is null ? 0 : ParameterShapes.Of(video, config.Vision).Sum(p => Elements(p.Shape)));
    }

    private static long Elements(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);
}
