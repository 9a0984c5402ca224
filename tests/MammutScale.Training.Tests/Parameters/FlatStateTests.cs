using MammutScale.Training.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Training.Tests.Parameters;

public sealed class FlatStateTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void GradientsAndUpdatesGoThroughTheFlatBuffers_WhenTheModelTrains(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(arange(6, dtype: ScalarType.Float32).view(2, 3).to(type));
        var bias = new Parameter(ones(2).to(type));
        var layout = FlatLayout.Build([new("w", [2, 3], true, 0), new("b", [2], false, 1)], 1);
        using var state = new FlatState(layout, new Dictionary<string, Parameter> { ["w"] = weight, ["b"] = bias });

        layout.Buckets.Count.ShouldBe(2);
        state.ZeroGradients();
        for (var i = 0; i < 2; i++)
        {
            var input = ones(1, 3).to(type);
            nn.functional.linear(input, weight, bias).sum().backward();
            foreach (var bucket in layout.Buckets) state.FoldGradients(bucket);
        }

        state.Gradients.narrow(0, 0, 6).data<float>().ToArray().ShouldBe([2, 2, 2, 2, 2, 2]);
        state.Gradients.narrow(0, 16, 2).data<float>().ToArray().ShouldBe([2, 2]);
        state.Weights.narrow(0, 0, 6).data<float>().ToArray().ShouldBe([0, 1, 2, 3, 4, 5]);

        using (no_grad()) state.Weights.add_(1);
        state.RefreshComputeWeights();
        weight.to(ScalarType.Float32).data<float>().ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        weight.is_leaf.ShouldBeTrue();
    }

    [Fact]
    public void AddressesPointAtTheElements_WhenATensorIsAView()
    {
        using var scope = NewDisposeScope();
        var flat = arange(10, dtype: ScalarType.Float32);

        TensorMemory.Floats(flat.narrow(0, 4, 6), 1, 3).ToArray().ShouldBe([5, 6, 7]);
        TensorMemory.Buffer(flat.narrow(0, 4, 6)).Address.ShouldBe(TensorMemory.Address(flat) + 16);
        Should.Throw<ArgumentException>(() => TensorMemory.Address(flat.view(2, 5).t()));
    }
}
