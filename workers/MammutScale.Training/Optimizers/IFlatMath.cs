using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Optimizers;

/// <summary>The flat buffers that an update reads and writes.</summary>
/// <param name="Weights">[N].</param>
/// <param name="Gradients">[N].</param>
/// <param name="First">Compact, as the ranges' local offsets say.</param>
/// <param name="Second">Compact.</param>
internal readonly record struct UpdateBuffers(Tensor Weights, Tensor Gradients, Tensor First, Tensor Second);

/// <summary>Arithmetic over flat buffers, for one kind of memory.</summary>
internal interface IFlatMath
{
    /// <summary>AdamW over one range with one weight decay.</summary>
    void Update(UpdateBuffers buffers, OwnedRange range, AdamWCoefficients coefficients);

    /// <summary>Σ x² over ranges of a flat buffer; not finite when any element is not. The same values give the same bits.</summary>
    double SquaredSum(Tensor flat, IReadOnlyList<OwnedRange> ranges);
}
