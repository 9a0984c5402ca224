using MammutScale.Model;
using MammutScale.Model.Losses;
using MammutScale.Training.Configuration;
using static TorchSharp.torch;

namespace MammutScale.Training.Steps;

/// <summary>This rank's part of the contrastive loss and its gradient on this rank's embeddings.</summary>
/// <param name="Loss">Scalar; the ranks' losses add up to the batch's.</param>
/// <param name="Image">Gradient of the whole batch's weighted loss, [b, E].</param>
/// <param name="Text">Gradient of the whole batch's weighted loss, [b, E].</param>
internal sealed record ContrastiveGradients(Tensor Loss, Tensor Image, Tensor Text);

/// <summary>
/// Contrast of this rank's rows with all columns (local loss). It works on embeddings without a graph and returns exact
/// gradients on them, so that one backward pass through the model, or many over micro-batches, can start from there:
/// the same computation for every micro-batch size. The temperature's gradient is taken here, once.
/// </summary>
internal sealed class ContrastiveTask(Mammut model, LossSection rules, EmbeddingExchange exchange)
{
    /// <param name="image">Image embeddings of length 1, [b, E]; any graph is left out.</param>
    /// <param name="text">Text embeddings of length 1, [b, E].</param>
    /// <param name="shares">The global batch.</param>
    public ContrastiveGradients Evaluate(Tensor image, Tensor text, BatchShares shares)
    {
        var (ownImage, ownText) = (Leaf(image), Leaf(text));
        var (allImage, allText) = (Leaf(exchange.Gather(ownImage.detach(), shares)), Leaf(exchange.Gather(ownText.detach(), shares)));
        Tensor loss;
        using (enable_grad())
        {
            loss = Loss(new PairBatch(ownImage, ownText, allImage, allText, shares.Offset), model.LogitScale.exp());
            BackwardPass.Run(loss * rules.ContrastiveWeight);
        }

        return new ContrastiveGradients(loss.detach(), Whole(ownImage, allImage, shares), Whole(ownText, allText, shares));
    }

    private static Tensor Leaf(Tensor values) => values.detach().clone().requires_grad_();

    private Tensor Loss(PairBatch pairs, Tensor scale) => rules.Contrastive switch
    {
        ContrastiveKind.Infonce => ContrastiveLoss.InfoNce(pairs, scale),
        ContrastiveKind.Siglip => ContrastiveLoss.Sigmoid(pairs, scale, model.LogitBias ?? zeros([], device: model.Device)),
        _ => ContrastiveLoss.Focal(pairs, scale, rules.FocalGamma, bias: model.LogitBias),
    };

    /// <summary>Rows get gradients as rows here and as columns of every rank.</summary>
    private Tensor Whole(Tensor own, Tensor all, BatchShares shares)
    {
        var asColumn = exchange.ScatterSum(all.grad ?? zeros_like(all), shares);
        return own.grad is { } asRow ? asRow + asColumn : asColumn;
    }
}
