using MammutScale.Model.Layers;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Layers;

/// <summary>Products of bf16 factors on a CPU without instructions for them, against torch's own slow ones.</summary>
[Collection("torch")]
public sealed class ProductsTests
{
    // one rounding to 8 bits of mantissa, and one more where sums are in another order
    private const double Tolerance = 1.0 / 128;

    [Fact]
    public void WideProducts_AreThoseOfTorch_WithTheirGradients()
    {
        using var scope = NewDisposeScope();
        var random = new Generator(7);
        var (x, weight, bias) = (Values(random, 5, 9, 48), Values(random, 24, 48), Values(random, 24));
        Compare(() => Products.WideLinear(x, weight, bias), () => nn.functional.linear(x, weight, bias), x, weight, bias);
        var (left, right) = (Values(random, 2, 3, 10, 16), Values(random, 2, 3, 16, 12));
        Compare(() => Products.WideMultiply(left, right), () => left.matmul(right), left, right);
    }

    [Fact]
    public void AResultIsRoundedOnce()
    {
        using var scope = NewDisposeScope();
        var random = new Generator(8);
        var (a, b) = (Values(random, 6, 300), Values(random, 300, 7));
        var exact = a.to(float64).matmul(b.to(float64));
        Tensor error = (Products.WideMultiply(a, b).to(float64) - exact).abs() / exact.abs().clamp(1e-3);
        error.max().item<double>().ShouldBeLessThan(1.001 / 256);
    }

    [Fact]
    public void OtherDtypesAreLeftAlone()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones(2, 3);
        Products.Widens(x).ShouldBeFalse();
        Products.Factor(x).ShouldBeSameAs(x);
    }

    private static void Compare(Func<Tensor> ours, Func<Tensor> torch, params Tensor[] inputs)
    {
        Tensor[] mine = Run(ours, inputs), theirs = Run(torch, inputs);
        for (int i = 0; i < mine.Length; i++)
        {
            mine[i].dtype.ShouldBe(ScalarType.BFloat16);
            Tensor limit = theirs[i].to(float32).abs().max() * Tolerance;
            (mine[i].to(float32) - theirs[i].to(float32)).abs().max().item<float>().ShouldBeLessThanOrEqualTo(limit.item<float>());
        }
    }

    /// <summary>The result and the gradients of a weighted sum of it.</summary>
    private static Tensor[] Run(Func<Tensor> product, Tensor[] inputs)
    {
        foreach (Tensor input in inputs) input.grad = null;
        Tensor result = product();
        Tensor weights = linspace(-1, 1, result.numel(), ScalarType.Float32).view(result.shape).to(ScalarType.BFloat16);
        BackwardPass.Run(() => (result * weights).to(float32).sum().backward());
        return [result, .. inputs.Select(input => input.grad!.clone())];
    }

    private static Tensor Values(Generator random, params long[] shape) =>
        randn(shape, generator: random).to(ScalarType.BFloat16).requires_grad_();
}
