using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Optimizers;

/// <summary>Our own vector kernels on host memory.</summary>
/// <param name="threads">How many threads may work.</param>
internal sealed unsafe class HostMath(int threads) : IFlatMath
{
    public void Update(UpdateBuffers buffers, OwnedRange range, AdamWCoefficients coefficients) =>
        AdamWKernel.Update(At(buffers.Weights, range.Offset), At(buffers.Gradients, range.Offset), At(buffers.First, range.LocalOffset), At(buffers.Second, range.LocalOffset),
            range.Length, coefficients, threads);

    public double SquaredSum(Tensor flat, IReadOnlyList<OwnedRange> ranges)
    {
        double sum = 0;
        foreach (var range in ranges) sum += SquaredNorm.Of(At(flat, range.Offset), range.Length, threads);
        return sum;
    }

    private static float* At(Tensor flat, long element) => (float*)TensorMemory.Address(flat) + element;
}
