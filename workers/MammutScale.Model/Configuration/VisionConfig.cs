namespace MammutScale.Model.Configuration;

/// <summary>How the image tokens become one vector, and which of them the decoder sees.</summary>
public enum VisionPool
{
    /// <summary>Mean over the patches; the decoder sees the patches.</summary>
    Avg,

    /// <summary>Mean over all tokens, class token included; the decoder sees all of them.</summary>
    AvgAll,

    /// <summary>The class token; the decoder sees the patches.</summary>
    Tok,
}

/// <summary>The image encoder: a ViT.</summary>
public sealed record VisionConfig
{
    /// <summary>Side of the square picture, pixels.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Side of a patch, pixels.</summary>
    public int PatchSize { get; init; } = 16;

    public int Width { get; init; } = 768;

    public int Layers { get; init; } = 12;

    /// <summary>Width of an attention head; heads = width / head width.</summary>
    public int HeadWidth { get; init; } = 64;

    /// <summary>Hidden width of the MLP as a multiple of <see cref="Width"/>.</summary>
    public double MlpRatio { get; init; } = 4;

    public VisionPool Pool { get; init; } = VisionPool.Tok;

    /// <summary>True: pool, then norm the pooled vector only (the decoder sees unnormed tokens). False: norm all tokens, then pool.</summary>
    public bool FinalNormAfterPool { get; init; }

    /// <summary>A norm before the first block.</summary>
    public bool PreNorm { get; init; } = true;

    /// <summary>Localization-aware pre-training: crops of the position embedding; null = off.</summary>
    public CroppedPositionConfig? CroppedPositions { get; init; }

    public int Heads => Width / HeadWidth;

    public int MlpWidth => (int)(Width * MlpRatio);

    /// <summary>Patches along a side.</summary>
    public int Grid => ImageSize / PatchSize;

    public int Patches => Grid * Grid;

    /// <summary>Tokens inside the encoder: patches and the class token.</summary>
    public int Tokens => Patches + 1;

    /// <summary>Tokens that the decoder's cross-attention sees.</summary>
    public int DecoderTokens => Pool == VisionPool.AvgAll ? Tokens : Patches;
}

/// <summary>
/// Cropped positional embedding (RO-ViT): the position grid is resized bilinearly to <see cref="MapSize"/>², a random box of it
/// (area and aspect drawn per picture) is sampled back to the grid. Training only; evaluation uses the whole grid.
/// </summary>
public sealed record CroppedPositionConfig
{
    /// <summary>Side of the enlarged position map.</summary>
    public int MapSize { get; init; } = 64;

    /// <summary>Smallest and largest box area as a share of the map.</summary>
    public double MinArea { get; init; } = 0.1;

    public double MaxArea { get; init; } = 1.0;

    /// <summary>Smallest and largest aspect (width / height) of the box.</summary>
    public double MinAspect { get; init; } = 0.5;

    public double MaxAspect { get; init; } = 2.0;
}
