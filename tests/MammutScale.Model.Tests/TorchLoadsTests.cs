using static TorchSharp.torch;

namespace MammutScale.Model.Tests;

[Collection("torch")]
public sealed class TorchLoadsTests
{
    [Fact]
    public void ABackwardPassRuns_WhenTorchIsLoadedFromTheOutputFolder()
    {
        using var scope = NewDisposeScope();
        var weight = ones(2, 3, requires_grad: true);
        weight.mul(2).sum().backward();
        weight.grad!.data<float>().ToArray().ShouldAllBe(g => g == 2f);
    }
}
