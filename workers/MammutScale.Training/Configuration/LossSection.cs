using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

public sealed record LossSection
{
    public ContrastiveKind Contrastive { get; init; } = ContrastiveKind.Infonce;

    [AtLeast(0)] public double ContrastiveWeight { get; init; } = 1;

    [AtLeast(0)] public double CaptionWeight { get; init; } = 1;

    /// <summary>Focusing exponent of the focal loss.</summary>
    [AtLeast(0)] public double FocalGamma { get; init; } = 2;

    /// <summary>Initial ln of the factor on contrastive logits; by default what the loss's authors start from.</summary>
    [Between(0, 4.605170185988092)] public double? InitLogitScale { get; init; }

    /// <summary>Tokens whose vocabulary logits exist at one time.</summary>
    [AtLeast(1)] public int CaptionChunk { get; init; } = 1024;
}

/// <summary>infonce: softmax over rows and columns (CLIP); siglip: sigmoid of every pair; focal: the paper's sigmoid focal loss.</summary>
public enum ContrastiveKind
{
    Infonce,
    Siglip,
    Focal,
}
