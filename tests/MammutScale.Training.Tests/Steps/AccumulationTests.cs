using MammutScale.Collectives;
using MammutScale.Training.Parameters;
using MammutScale.Training.Phases;
using MammutScale.Training.Steps;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Steps;

public sealed class AccumulationTests
{
    private const int Global = 4096;
    private static readonly Lazy<float[]> OneShot = new(() => Ranks.Run(1, group => Gradient(group, 0, "infonce"))[0]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void TheGradientOf4096SamplesInMicroBatchesOf16EqualsTheOneShotGradient(int world)
    {
        var found = Ranks.Run(world, group => Gradient(group, 16, "infonce"));

        foreach (var gradient in found) Distance(gradient, OneShot.Value).ShouldBeLessThan(1e-5);
    }

    [Theory]
    [InlineData("siglip")]
    [InlineData("focal")]
    public void TheGradientDoesNotDependOnTheSplit_ForSigmoidLosses(string loss)
    {
        var expected = Ranks.Run(1, group => Gradient(group, 0, loss, 96))[0];
        var found = Ranks.Run(3, group => Gradient(group, 7, loss, 96));

        foreach (var gradient in found) Distance(gradient, expected).ShouldBeLessThan(1e-5);
    }

    private static float[] Gradient(ICollectives group, int micro, string loss, int global = Global)
    {
        var file = TinyRun.File("data.lanes=1", $"train.global_batch={global}", $"train.micro_batch={micro}", $"loss.contrastive={loss}");
        using var replica = TinyRun.Replica(file, group.Rank, group.WorldSize, TinyRun.Shallow);
        using var trainer = new Trainer(replica, file, group, 50, new PhaseClock(TimeProvider.System));
        // uneven on purpose
        var (first, count) = Ranks.Part(global, group.Rank, group.WorldSize);
        using var batch = TinyRun.Batch(0, first, count);
        trainer.Step(batch);
        return TensorMemory.Floats(replica.State.Gradients, 0, replica.State.Layout.Length).ToArray();
    }

    /// <summary>‖a − b‖ / ‖b‖.</summary>
    private static double Distance(float[] a, float[] b)
    {
        var difference = a.Zip(b).Sum(p => Math.Pow((double)p.First - p.Second, 2));
        return Math.Sqrt(difference / b.Sum(x => (double)x * x));
    }
}
