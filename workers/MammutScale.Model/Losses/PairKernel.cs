using static TorchSharp.torch;

namespace MammutScale.Model.Losses;

/// <summary>A loss on a tile of the matrix of logits, with its slope.</summary>
internal abstract class PairKernel
{
    /// <summary>Sum of the loss over a tile; its pairs stand at (r, first + r).</summary>
    /// <param name="logits">[r, N] float32; may be overwritten.</param>
    /// <param name="first">Column of the first row's pair.</param>
    /// <returns>The sum and its derivative by the logits.</returns>
    public abstract (Tensor Sum, Tensor Slope) Evaluate(Tensor logits, long first);

    /// <summary>Column of each row's pair, [r, 1].</summary>
    protected static Tensor PairColumns(Tensor logits, long first) =>
        arange(first, first + logits.shape[0], dtype: int64, device: logits.device).unsqueeze(1);
}

/// <summary>Cross-entropy of each row, its pair being the right class.</summary>
internal sealed class SoftmaxPairs : PairKernel
{
    public override (Tensor Sum, Tensor Slope) Evaluate(Tensor logits, long first)
    {
        Tensor columns = PairColumns(logits, first), logProbability = logits.log_softmax(1);
        Tensor sum = logProbability.gather(1, columns).sum().neg_();
        return (sum, logProbability.exp_().scatter_add_(1, columns, full(columns.shape, -1.0, dtype: float32, device: logits.device)));
    }
}

/// <summary>(1 − p)^γ · (−log p) of each element, p = σ(z x): γ = 0 is the sigmoid loss. Stable form of google-research's RO-ViT code.</summary>
internal sealed class FocalPairs(double gamma, double alpha) : PairKernel
{
    public override (Tensor Sum, Tensor Slope) Evaluate(Tensor logits, long first)
    {
        Tensor columns = PairColumns(logits, first);
        Tensor sign = full(logits.shape, -1.0, dtype: float32, device: logits.device)
            .scatter_(1, columns, full(columns.shape, 1.0, dtype: float32, device: logits.device));
        Tensor signed = logits.mul_(sign);
        Tensor miss = (-signed).sigmoid_(), cost = nn.functional.softplus(-signed);
        Tensor slope = -miss;
        if (gamma != 0)
        {
            // d/du σ(−u)^γ s(−u) = −σ(−u)^γ (γ σ(u) s(−u) + σ(−u)), s = softplus
            Tensor modulator = miss.pow(gamma);
            slope = (cost * gamma * (1 - miss) + miss).mul_(modulator).neg_();
            cost = cost.mul_(modulator);
        }
        slope = slope.mul_(sign);
        if (alpha != 0.5)
        {
            Tensor balance = sign.add_(1).mul_(2 * alpha - 1).add_(2 * (1 - alpha));
            (cost, slope) = (cost.mul_(balance), slope.mul_(balance));
        }
        return (cost.sum(), slope);
    }
}
