using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>
/// Matrix products of any dtype and device. A CPU without AVX-512 has no bf16 products in oneDNN, and torch's own loops for
/// them take some thirty times as long as float32: there the factors are widened, multiplied in float32 and the result rounded,
/// which is what the instructions do (bf16 factors, float32 sums).
/// </summary>
public static class Products
{
    private static readonly bool Native = !X86Base.IsSupported || (Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported);

    /// <summary>Whether products of this tensor are made in float32.</summary>
    public static bool Widens(Tensor factor) => !Native && factor.dtype == ScalarType.BFloat16 && factor.device_type == DeviceType.CPU;

    /// <summary>The tensor as a product takes it.</summary>
    public static Tensor Factor(Tensor factor) => Widens(factor) ? factor.to(float32) : factor;

    /// <summary>x Wᵀ + b.</summary>
    /// <param name="x">[…, in].</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="bias">[out].</param>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null) =>
        Widens(x) ? WideLinear(x, weight, bias) : nn.functional.linear(x, weight, bias);

    /// <summary>a b.</summary>
    public static Tensor Multiply(Tensor a, Tensor b) => Widens(a) ? WideMultiply(a, b) : a.matmul(b);

    internal static Tensor WideLinear(Tensor x, Tensor weight, Tensor? bias) =>
        nn.functional.linear(x.to(float32), weight.to(float32), bias?.to(float32)).to(x.dtype);

    internal static Tensor WideMultiply(Tensor a, Tensor b) => a.to(float32).matmul(b.to(float32)).to(a.dtype);
}
