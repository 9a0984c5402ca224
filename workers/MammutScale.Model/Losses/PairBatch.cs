using static TorchSharp.torch;

namespace MammutScale.Model.Losses;

/// <summary>One rank's part of a global batch of N pairs: its own b rows and, gathered in rank order, everybody's.</summary>
/// <param name="Image">Own image embeddings, [b, E].</param>
/// <param name="Text">Own text embeddings, [b, E].</param>
/// <param name="AllImage">All image embeddings, [N, E].</param>
/// <param name="AllText">All text embeddings, [N, E].</param>
/// <param name="Offset">Where the own rows stand in the gathered ones.</param>
public sealed record PairBatch(Tensor Image, Tensor Text, Tensor AllImage, Tensor AllText, long Offset)
{
    /// <summary>The whole batch on one rank.</summary>
    public static PairBatch Whole(Tensor image, Tensor text) => new(image, text, image, text, 0);
}
