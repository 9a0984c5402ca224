using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Optimizers;

/// <summary>
/// Torch operations, for memory that the host does not see. In the order of <see cref="AdamWKernel"/>, in place as far as
/// possible; a chunk at a time, so that what is needed in between stays small.
/// </summary>
internal sealed class TensorMath : IFlatMath
{
    /// <summary>Elements at a time: 64 MB of float32 for each of two temporaries.</summary>
    private const long Chunk = 1 << 24;

    public void Update(UpdateBuffers buffers, OwnedRange range, AdamWCoefficients coefficients)
    {
        using var noGrad = no_grad();
        for (long at = 0; at < range.Length; at += Chunk)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(Chunk, range.Length - at);
            Update(buffers.Weights.narrow(0, range.Offset + at, count), buffers.Gradients.narrow(0, range.Offset + at, count),
                buffers.First.narrow(0, range.LocalOffset + at, count), buffers.Second.narrow(0, range.LocalOffset + at, count), coefficients);
        }
    }

    public double SquaredSum(Tensor flat, IReadOnlyList<OwnedRange> ranges)
    {
        if (ranges.Count == 0) return 0;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sums = new List<Tensor>();
        foreach (var range in ranges)
        {
            for (long at = 0; at < range.Length; at += Chunk)
            {
                using var inner = NewDisposeScope();
                // squared in double: gradients whose square leaves float32 are still numbers
                var part = flat.narrow(0, range.Offset + at, Math.Min(Chunk, range.Length - at)).to(ScalarType.Float64);
                sums.Add(part.dot(part).MoveToOuterDisposeScope());
            }
        }

        return stack(sums).sum().item<double>();
    }

    private static void Update(Tensor weights, Tensor gradients, Tensor first, Tensor second, AdamWCoefficients c)
    {
        var gradient = c.GradientScale == 1 ? gradients : gradients * c.GradientScale;
        first.mul_(c.Beta1).add_(gradient, 1 - c.Beta1);
        second.mul_(c.Beta2).addcmul_(gradient, gradient, 1 - c.Beta2);
        // s m / (r √v + ε) = (s / r) m / (√v + ε / r): one pass less
        var denominator = second.sqrt().add_(c.Epsilon / c.InverseRootCorrection);
        if (c.Keep != 1) weights.mul_(c.Keep);
        weights.addcdiv_(first, denominator, -c.StepSize / c.InverseRootCorrection);
    }
}
