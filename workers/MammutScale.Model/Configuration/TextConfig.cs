namespace MammutScale.Model.Configuration;

/// <summary>Over which positions the contrastive pass takes the mean.</summary>
public enum TextPool
{
    /// <summary>Over the valid positions.</summary>
    Avg,

    /// <summary>Over all positions, padding included (LAION's fork).</summary>
    AvgAll,
}

/// <summary>What stands between the pooled text vector and the embedding.</summary>
public enum TextProjection
{
    /// <summary>Nothing: the decoder's width is the embedding's.</summary>
    None,

    /// <summary>A matrix [width, embed_dim].</summary>
    Linear,
}

/// <summary>The text decoder that both passes share.</summary>
public sealed record TextConfig
{
    /// <summary>Longest text, tokens, bos and eos included.</summary>
    public int ContextLength { get; init; } = 77;

    public int VocabSize { get; init; } = 49408;

    public int Width { get; init; } = 512;

    public int Heads { get; init; } = 8;

    public int Layers { get; init; } = 12;

    /// <summary>Hidden width of the MLP as a multiple of <see cref="Width"/>.</summary>
    public double MlpRatio { get; init; } = 4;

    /// <summary>One cross-attention block every so many layers; see <see cref="CrossPlacement"/>.</summary>
    public int CrossAttentionRatio { get; init; } = 2;

    /// <summary>The layers after which a cross-attention block runs, ascending; overrides <see cref="CrossAttentionRatio"/>.</summary>
    public IReadOnlyList<int>? CrossAttentionLayers { get; init; }

    public TextPool Pool { get; init; } = TextPool.Avg;

    /// <summary>Whether the contrastive pass hides padding from attention.</summary>
    public bool UsePadMask { get; init; } = true;

    public TextProjection Projection { get; init; } = TextProjection.None;

    /// <summary>False: layers that a cross-attention block follows have no MLP of their own (some of the fork's small models).</summary>
    public bool HasMlp { get; init; } = true;

    public int PadId { get; init; }

    public int? BosId { get; init; }

    public int? EosId { get; init; }

    /// <summary>Whether padding is invisible in both passes, so that texts may be cut to the longest of a batch without changing any result.</summary>
    public bool IgnoresPadding => UsePadMask && Pool == TextPool.Avg;

    public int MlpWidth => (int)(Width * MlpRatio);

    public int HeadWidth => Width / Heads;
}
