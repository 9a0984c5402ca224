using MammutScale.Training.Devices;
using MammutScale.Training.Runs;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Steps;

/// <summary>The same on a real GPU, where there is one.</summary>
public sealed class GpuTests
{
    [Theory]
    [InlineData("train.precision=fp32", 0, 1e-4)]
    [InlineData("train.grad_checkpoint=true", 5, 1e-4)]
    [InlineData("train.precision=bf16", 0, 5e-2)]
    public void LossesEqualThoseOfTheCpu_OverTenSteps(string set, int microBatch, double tolerance)
    {
        SkipWithoutGpu();
        var file = TinyRun.File(set, $"train.micro_batch={microBatch}");
        var expected = TinyTraining.Alone(file, 10);
        using var replica = TinyRun.Replica(file, device: TrainingDevice.Cuda(0));

        var found = Ranks.Run(1, group => TinyTraining.Train(group, file, 10, replica))[0];

        for (var step = 0; step < 10; step++) found[step].Loss.ShouldBe(expected[step].Loss, tolerance);
    }

    [Fact]
    public void TheCpuGoesOnFromTheGpusCheckpoint_AndPhasesAddUp()
    {
        SkipWithoutGpu();
        var file = TinyRun.File("optim.ema=0.9");
        using var folder = new TemporaryFolder();
        using var whole = new SmallCluster(file, folder.Path + "/whole", 8);
        whole.Join();
        whole.Run();
        using (var gpu = new SmallCluster(file, folder.Path, 8) { Device = TrainingDevice.Cuda(0), Directive = c => c.Step >= 4 ? StepDirective.Stop : StepDirective.Continue })
        {
            gpu.Join();
            gpu.Run();
            gpu.Recorders[0].Steps.ShouldAllBe(s => s.Phases.Forward > 0 && s.Phases.Backward > 0);
        }

        using var cpu = new SmallCluster(file, folder.Path, 8);
        cpu.Join();
        cpu.Run();

        cpu.Losses.Keys.Min().ShouldBe(5);
        foreach (var (step, loss) in cpu.Losses) loss.ShouldBe(whole.Losses[step], 1e-4);
    }

    [Fact]
    public void WholeStepsGoThroughNccl_InAWorldOfOne()
    {
        SkipWithoutGpu();
        var file = TinyRun.File();
        var expected = TinyTraining.Alone(file, 5);

        var found = Ranks.Run(StandIn.Groups(1), group =>
        {
            group.Backend.ShouldBe("nccl");
            using var replica = TinyRun.Replica(file, device: TrainingDevice.Cuda(0));
            return TinyTraining.Train(group, file, 5, replica);
        })[0];

        for (var step = 0; step < 5; step++) found[step].Loss.ShouldBe(expected[step].Loss, 1e-4);
    }

    private static void SkipWithoutGpu() => Assert.SkipUnless(StandIn.HasGpu, "there is no GPU on this machine");
}
