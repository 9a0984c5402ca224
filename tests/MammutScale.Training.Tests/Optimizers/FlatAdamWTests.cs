using MammutScale.Training.Optimizers;
using MammutScale.Training.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MammutScale.Training.Tests.Optimizers;

public sealed class FlatAdamWTests
{
    private static readonly AdamWSettings Settings = new(0.9f, 0.95f, 1e-8f, 0.1f);

    [Fact]
    public void UpdatesEqualTorchAdamW_OverTenSteps()
    {
        using var scope = NewDisposeScope();
        var (ours, state) = Model();
        var (theirs, _) = Model();
        using var optimizer = new FlatAdamW(state, new ShardMap(state.Layout, 0, 1), sharded: false, Settings, 0, new HostMath(2));
        using var reference = optim.AdamW(
        [
            new AdamW.ParamGroup([theirs["w"]], new AdamW.Options { weight_decay = 0.1, beta1 = 0.9, beta2 = 0.95 }),
            new AdamW.ParamGroup([theirs["b"]], new AdamW.Options { weight_decay = 0, beta1 = 0.9, beta2 = 0.95 }),
        ]);
        for (var step = 1; step <= 10; step++)
        {
            var rate = 0.01 * step;
            foreach (var group in reference.ParamGroups) group.LearningRate = rate;
            foreach (var (name, entry) in state.Layout.ByName)
            {
                var gradient = randn(entry.Parameter.Shape);
                using (no_grad()) ours[name].grad!.copy_(gradient);
                theirs[name].grad = gradient * 0.5;
            }

            optimizer.Step(rate, 0.5f);
            reference.step();
        }

        foreach (var name in state.Layout.ByName.Keys)
            (ours[name] - theirs[name]).abs().max().item<float>().ShouldBeLessThan(2e-6f);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void ShardedUpdatesEqualWholeOnes_BitForBit(int world)
    {
        using var scope = NewDisposeScope();
        var (_, whole) = Model();
        using var reference = new FlatAdamW(whole, new ShardMap(whole.Layout, 0, 1), sharded: false, Settings, 0.9, new HostMath(2));
        var ranks = Enumerable.Range(0, world).Select(r =>
        {
            var (_, state) = Model();
            return (State: state, Adam: new FlatAdamW(state, new ShardMap(state.Layout, r, world), sharded: true, Settings, 0.9, new HostMath(1)));
        }).ToList();
        for (var step = 0; step < 3; step++)
        {
            var gradient = randn(whole.Layout.Length);
            using (no_grad())
            {
                whole.Gradients.copy_(gradient);
                foreach (var (state, _) in ranks) state.Gradients.copy_(gradient);
            }

            reference.Step(0.01, 1);
            foreach (var (_, adam) in ranks) adam.Step(0.01, 1);
        }

        foreach (var (state, adam) in ranks)
        {
            adam.StateBytes.ShouldBeLessThan(reference.StateBytes);
            foreach (var range in adam.Shards.Owned)
            {
                state.Weights.narrow(0, range.Offset, range.Length).allclose(whole.Weights.narrow(0, range.Offset, range.Length), 0, 0).ShouldBeTrue();
                adam.Ema!.narrow(0, range.LocalOffset, range.Length).allclose(reference.Ema!.narrow(0, range.Offset, range.Length), 0, 0).ShouldBeTrue();
            }

            adam.Dispose();
        }
    }

    [Fact]
    public unsafe void TheNormIsThatOfTorch_AndShowsWhatIsNotFinite()
    {
        using var scope = NewDisposeScope();
        var values = randn(600_001);
        var expected = values.to(ScalarType.Float64).pow(2).sum().item<double>();
        var address = (float*)TensorMemory.Address(values);

        SquaredNorm.Of(address, 600_001, 1).ShouldBe(expected, expected * 1e-12);
        SquaredNorm.Of(address, 600_001, 2).ShouldBe(SquaredNorm.Of(address, 600_001, 1));
        address[599_999] = float.NaN;
        double.IsFinite(SquaredNorm.Of(address, 600_001, 2)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(0.3f)]
    public void TensorOperationsUpdateAsTheKernelDoes_OverTenSteps(float scale)
    {
        using var scope = NewDisposeScope();
        var (_, left) = Model();
        var (_, right) = Model();
        using var kernel = new FlatAdamW(left, new ShardMap(left.Layout, 1, 3), sharded: true, Settings, 0.9, new HostMath(1));
        using var tensors = new FlatAdamW(right, new ShardMap(right.Layout, 1, 3), sharded: true, Settings, 0.9, new TensorMath());
        for (var step = 0; step < 10; step++)
        {
            var gradient = randn(left.Layout.Length);
            using (no_grad())
            {
                left.Gradients.copy_(gradient);
                right.Gradients.copy_(gradient);
            }

            kernel.Step(0.01, scale);
            tensors.Step(0.01, scale);
            var squares = kernel.SquaredGradients(kernel.Shards);
            tensors.SquaredGradients(tensors.Shards).ShouldBe(squares, 1e-12 * squares);
        }

        Largest(left.Weights, right.Weights).ShouldBeLessThan(1e-6f);
        Largest(kernel.First, tensors.First).ShouldBeLessThan(1e-6f);
        Largest(kernel.Second, tensors.Second).ShouldBeLessThan(1e-6f);
        Largest(kernel.Ema!, tensors.Ema!).ShouldBeLessThan(1e-6f);
        using (no_grad()) right.Gradients[right.Layout.Length / 2] = float.NaN;
        double.IsFinite(tensors.SquaredGradients(tensors.Shards)).ShouldBeFalse();
        tensors.SquaredGradients(new ShardMap(right.Layout, 0, 3)).ShouldBeGreaterThan(0);
    }

    private static float Largest(Tensor left, Tensor right) => (left - right).abs().max().item<float>();

    private static (Dictionary<string, Parameter> Parameters, FlatState State) Model()
    {
        manual_seed(3);
        var parameters = new Dictionary<string, Parameter> { ["w"] = new(randn(70, 1000)), ["b"] = new(randn(1000)) };
        var layout = FlatLayout.Build([new("w", [70, 1000], true, 0), new("b", [1000], false, 1)], 1 << 20);
        return (parameters, new FlatState(layout, parameters));
    }
}
