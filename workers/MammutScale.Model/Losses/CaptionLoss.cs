using MammutScale.Model.Layers;
using static TorchSharp.torch;

namespace MammutScale.Model.Losses;

/// <summary>
/// Next-token cross-entropy over a large vocabulary, a chunk of positions at a time: logits exist only for one chunk, in
/// float32. Because the loss is a sum, each chunk's gradient is taken while its logits are at hand, so that nothing is
/// computed twice; the backward pass only scales. Ignored positions are dropped before the matrix product.
/// </summary>
public static class CaptionLoss
{
    // logits of one chunk: 16 M floats
    private const long ChunkElements = 1 << 24;

    /// <summary>Σ over counted positions of (cross-entropy + z · logsumexp²), divided by <paramref name="divisor"/>.</summary>
    /// <param name="hidden">[B, L−1, d].</param>
    /// <param name="head">[d, V].</param>
    /// <param name="targets">Labels of the hidden states.</param>
    /// <param name="divisor">The number of labels of the whole global batch: parts of any size add up exactly.</param>
    /// <param name="chunk">Positions at a time; 0 = by memory.</param>
    /// <param name="zWeight">Weight z of the squared logsumexp.</param>
    public static Tensor Compute(Tensor hidden, Tensor head, CaptionTargets targets, double divisor, int chunk = 0, double zWeight = 0)
    {
        if (!(divisor > 0))
            throw new ArgumentOutOfRangeException(nameof(divisor), divisor, "The divisor is the number of labels of the global batch: expected more than 0.");
        if (targets.Count == 0)
            return (hidden.sum() * 0).to(float32);
        Tensor states = hidden.flatten(0, 1).index_select(0, targets.Positions);
        long rows = chunk > 0 ? chunk : Math.Max(64, ChunkElements / head.shape[1]);
        return Fused.apply(states, head, targets.Labels, new Settings(1 / divisor, rows, zWeight, is_grad_enabled()));
    }

    private sealed record Settings(double Scale, long Rows, double ZWeight, bool Gradients);

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        public override string Name => "FusedCaptionLoss";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            (var states, var head, var labels, var settings) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Settings)vars[3]);
            using var scope = NewDisposeScope();
            bool wantsStates = settings.Gradients && states.requires_grad, wantsHead = settings.Gradients && head.requires_grad;
            Tensor total = zeros([], device: states.device);
            Tensor? gradStates = wantsStates ? empty_like(states) : null;
            Tensor? gradHead = wantsHead ? zeros(head.shape, device: head.device) : null;
            ScalarType asked = head.dtype;
            (states, head) = (Products.Factor(states), Products.Factor(head));
            for (long start = 0; start < states.shape[0]; start += settings.Rows)
            {
                using var inner = NewDisposeScope();
                long rows = Math.Min(settings.Rows, states.shape[0] - start);
                Tensor part = states.narrow(0, start, rows);
                Tensor index = labels.narrow(0, start, rows).unsqueeze(1);
                Tensor slope = Chunk(part.matmul(head).to(float32), index, settings, total, wantsStates || wantsHead);
                if (wantsStates)
                    gradStates!.narrow(0, start, rows).copy_(slope.to(head.dtype).matmul(head.t()));
                if (wantsHead)
                    AddProduct(gradHead!, part, slope);
            }
            if (gradHead is not null && asked != ScalarType.Float32)
                gradHead = gradHead.to(asked);
            ctx.save_for_backward([gradStates!, gradHead!]);
            gradStates?.MoveToOuterDisposeScope();
            gradHead?.MoveToOuterDisposeScope();
            return total.MoveToOuterDisposeScope();
        }

        /// <summary>Adds the chunk's loss to the total and turns its logits into their gradient.</summary>
        private static Tensor Chunk(Tensor logits, Tensor index, Settings settings, Tensor total, bool slope)
        {
            Tensor logProbability = logits.log_softmax(1);
            Tensor picked = logProbability.gather(1, index);
            total.sub_(picked.sum().mul_(settings.Scale));
            Tensor? lse = null;
            if (settings.ZWeight != 0)
            {
                lse = logits.gather(1, index).sub_(picked);
                total.add_(lse.square().sum().mul_(settings.Scale * settings.ZWeight));
            }
            if (!slope)
                return logits;
            Tensor gradient = logProbability.exp_();
            if (lse is not null)
                gradient.mul_(lse * (2 * settings.ZWeight) + 1);
            Tensor ones = full(index.shape, -1.0, device: index.device, dtype: float32);
            return gradient.scatter_add_(1, index, ones).mul_(settings.Scale);
        }

        private static void AddProduct(Tensor sum, Tensor states, Tensor slope)
        {
            if (states.dtype == ScalarType.Float32)
                sum.addmm_(states.t(), slope, 1, 1);
            else
                sum.add_(states.t().matmul(slope.to(states.dtype)));
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var call = BackwardPass.Join(grad_output);
            List<Tensor> saved = ctx.get_saved_variables();
            return [Scaled(saved[0], grad_output), Scaled(saved[1], grad_output), null!, null!];
        }

        // in place: as large as the vocabulary head, and of no further use (a second backward pass is refused by autograd's version check)
        private static Tensor Scaled(Tensor? gradient, Tensor by) => gradient is null || gradient.IsInvalid ? null! : gradient.mul_(by.to(gradient.dtype));
    }
}
