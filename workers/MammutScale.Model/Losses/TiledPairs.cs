using static TorchSharp.torch;

namespace MammutScale.Model.Losses;

/// <summary>
/// weight · Σ kernel(scale · rows columnsᵀ + bias), a tile of rows at a time: memory O(tile · N) instead of O(b · N). The
/// loss is a sum over rows, so the gradients are taken tile by tile in the forward pass and only scaled in the backward pass.
/// </summary>
internal static class TiledPairs
{
    // logits of one tile: 16 M floats
    private const long TileElements = 1 << 24;

    public static Tensor Compute(Tensor rows, Tensor columns, Tensor scale, Tensor? bias, PairKernel kernel, long offset, double weight, int tile)
    {
        long size = tile > 0 ? tile : Math.Max(1, TileElements / columns.shape[0]);
        return Fused.apply(rows.to(float32), columns.to(float32), scale.to(float32), bias?.to(float32)!, new Settings(kernel, offset, weight, size, is_grad_enabled()));
    }

    private sealed record Settings(PairKernel Kernel, long Offset, double Weight, long Tile, bool Gradients);

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        public override string Name => "FusedPairLoss";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            (var rows, var columns, var scale, var bias, var settings) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], vars[3] as Tensor, (Settings)vars[4]);
            using var scope = NewDisposeScope();
            Tensor total = zeros([], device: rows.device), gradBias = zeros([], device: rows.device);
            Tensor gradRows = zeros_like(rows), gradColumns = zeros_like(columns);
            for (long start = 0; start < rows.shape[0]; start += settings.Tile)
            {
                using var inner = NewDisposeScope();
                Tensor part = rows.narrow(0, start, Math.Min(settings.Tile, rows.shape[0] - start));
                Tensor logits = part.matmul(columns.t()).mul_(scale);
                if (bias is not null)
                    logits.add_(bias);
                (Tensor sum, Tensor slope) = settings.Kernel.Evaluate(logits, settings.Offset + start);
                total.add_(sum);
                if (!settings.Gradients)
                    continue;
                gradRows.narrow(0, start, part.shape[0]).copy_(slope.matmul(columns));
                gradColumns.addmm_(slope.t(), part, 1, 1);
                gradBias.add_(slope.sum());
            }
            // before the factor `scale` is applied, rows · gradRows sums slope · cosine
            Tensor gradScale = (rows * gradRows).sum().mul_(settings.Weight).view(scale.shape);
            Tensor factor = scale * settings.Weight;
            Tensor[] kept = [gradRows.mul_(factor), gradColumns.mul_(factor), gradScale, gradBias.mul_(settings.Weight)];
            ctx.save_for_backward([.. kept.Select(t => t.MoveToOuterDisposeScope())]);
            ctx.save_data("bias", bias is not null);
            return total.mul_(settings.Weight).MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var call = BackwardPass.Join(grad_output);
            List<Tensor> saved = ctx.get_saved_variables();
            return [saved[0] * grad_output, saved[1] * grad_output, saved[2] * grad_output, (bool)ctx.get_data("bias") ? saved[3] * grad_output : null!, null!];
        }
    }
}
