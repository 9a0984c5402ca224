using static TorchSharp.torch;

namespace MammutScale.Model.Losses;

/// <summary>
/// Losses over all image-text pairs of a global batch. Each rank computes its own rows against all columns and divides by the
/// global N: the ranks' losses add up to the whole, and so do the gradients when the gather's backward sums
/// (reduce-scatter). Logits exist a tile of rows at a time; everything is float32.
/// </summary>
public static class ContrastiveLoss
{
    /// <summary>Symmetric InfoNCE: ½ (CE over rows + CE over columns), mean over N.</summary>
    /// <param name="pairs">Embeddings, length 1.</param>
    /// <param name="scale">Factor on the cosine, exp(logit_scale), scalar.</param>
    /// <param name="tile">Rows at a time; 0 = by memory.</param>
    public static Tensor InfoNce(PairBatch pairs, Tensor scale, int tile = 0)
    {
        double weight = 0.5 / pairs.AllImage.shape[0];
        SoftmaxPairs kernel = new();
        return TiledPairs.Compute(pairs.Image, pairs.AllText, scale, null, kernel, pairs.Offset, weight, tile)
            + TiledPairs.Compute(pairs.Text, pairs.AllImage, scale, null, kernel, pairs.Offset, weight, tile);
    }

    /// <summary>SigLIP: −Σ log σ(z (scale · cosine + bias)) / N, z = 1 for a pair and −1 otherwise.</summary>
    /// <param name="pairs">Embeddings, length 1.</param>
    /// <param name="scale">Factor on the cosine, scalar.</param>
    /// <param name="bias">Added to every logit, scalar.</param>
    /// <param name="tile">Rows at a time; 0 = by memory.</param>
    public static Tensor Sigmoid(PairBatch pairs, Tensor scale, Tensor bias, int tile = 0) =>
        TiledPairs.Compute(pairs.Image, pairs.AllText, scale, bias, new FocalPairs(0, 0.5), pairs.Offset, 1.0 / pairs.AllImage.shape[0], tile);

    /// <summary>
    /// MaMMUT's focal contrastive loss: image-to-text plus text-to-image of −Σ (1 − p)^γ log p / N, p = σ(z · scale · cosine).
    /// Both directions sum the same matrix, so the result is twice one of them.
    /// </summary>
    /// <param name="pairs">Embeddings, length 1.</param>
    /// <param name="scale">1/τ, scalar.</param>
    /// <param name="gamma">γ ≥ 0; 0 is the plain sigmoid loss.</param>
    /// <param name="alpha">Pairs weigh 2α, the others 2 (1 − α); 0.5 = no balancing, as in the paper.</param>
    /// <param name="bias">Added to every logit; null = none, as in the paper.</param>
    /// <param name="tile">Rows at a time; 0 = by memory.</param>
    public static Tensor Focal(PairBatch pairs, Tensor scale, double gamma, double alpha = 0.5, Tensor? bias = null, int tile = 0) =>
        TiledPairs.Compute(pairs.Image, pairs.AllText, scale, bias, new FocalPairs(gamma, alpha), pairs.Offset, 2.0 / pairs.AllImage.shape[0], tile);
}
