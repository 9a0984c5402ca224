using MammutScale.Training.Devices;
using MammutScale.Training.Runs;
using MammutScale.Training.Tests.Support;
using TorchSharp;

namespace MammutScale.Training.Tests.Steps;

/// <summary>The way that a GPU goes (torch operations, copies, staging), on the CPU.</summary>
public sealed class DevicePathTests
{
    [Theory]
    [InlineData("train.zero=0", 0)]
    [InlineData("train.zero=1", 5)]
    [InlineData("optim.ema=0.9", 0)]
    [InlineData("train.grad_checkpoint=true", 4)]
    public void LossesEqualThoseOfHostMemory_OverTenSteps(string set, int microBatch)
    {
        var file = TinyRun.File(set, $"train.micro_batch={microBatch}");
        var expected = TinyTraining.Alone(file, 10);

        foreach (var world in new[] { 1, 2 })
        {
            var ranks = Ranks.Run(world, group =>
            {
                using var replica = TinyRun.Replica(file, group.Rank, world, device: TrainingDevice.CpuAsDevice);
                return TinyTraining.Train(group, file, 10, replica);
            });
            for (var step = 0; step < 10; step++)
            {
                ranks[^1][step].ShouldBe(ranks[0][step]);
                ranks[0][step].Loss.ShouldBe(expected[step].Loss, 1e-5);
                ranks[0][step].GradNorm.ShouldBe(expected[step].GradNorm, 1e-5 * expected[step].GradNorm);
            }
        }
    }

    [Fact]
    public void LossesFollowThoseOfHostMemory_InBf16()
    {
        var file = TinyRun.File("train.precision=bf16");
        var expected = TinyTraining.Alone(file, 10);
        using var replica = TinyRun.Replica(file, device: TrainingDevice.CpuAsDevice);

        var found = Ranks.Run(1, group => TinyTraining.Train(group, file, 10, replica))[0];

        for (var step = 0; step < 10; step++) found[step].Loss.ShouldBe(expected[step].Loss, 1e-3);
    }

    [Fact]
    public void TheRunGoesOnFromTheOthersCheckpoint_BothWays()
    {
        // written by one kind of memory, read by the other, and the losses are those of a run in one piece
        var file = TinyRun.File("train.zero=1", "optim.ema=0.9");
        using var folder = new TemporaryFolder();
        using var whole = new SmallCluster(file, folder.Path + "/whole", 9);
        whole.Join();
        whole.Join();
        whole.Run();
        TrainingDevice[] devices = [TrainingDevice.CpuAsDevice, TrainingDevice.Cpu, TrainingDevice.CpuAsDevice];
        for (var part = 0; part < 3; part++)
        {
            var last = 3 * (part + 1);
            using var cluster = new SmallCluster(file, folder.Path, 9) { Device = devices[part], Directive = c => c.Step >= last ? StepDirective.Stop : StepDirective.Continue };
            cluster.Join();
            cluster.Join();
            cluster.Run();
            foreach (var (step, loss) in cluster.Losses) loss.ShouldBe(whole.Losses[step], 1e-5);
            cluster.Losses.Keys.Order().ShouldBe([last - 2, last - 1, last]);
        }
    }

    [Fact]
    public void ANewcomerReceivesTheStateFromTheOthersMemory_AndHashesAgree()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("train.zero=1", "guard.hash_every=1", "checkpoint.every_steps=0"), folder.Path, 6)
        {
            Device = TrainingDevice.CpuAsDevice,
            Directive = c => c.Step == 3 ? StepDirective.Regroup : StepDirective.Continue,
        };
        cluster.Join();
        cluster.Join();
        cluster.Run().ShouldAllBe(end => end == GenerationEnd.Regrouped);
        cluster.Join();
        cluster.Run().ShouldAllBe(end => end == GenerationEnd.Completed);

        cluster.Recorders[0].Steps.Select(s => s.Step).ShouldBe([4, 5, 6]);
        cluster.Recorders[2].Steps.Select(s => s.Result).ShouldBe(cluster.Recorders[0].Steps.Select(s => s.Result));
    }

    [Fact]
    public void NoTensorsPileUp_OverSteps()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("train.micro_batch=8", "checkpoint.every_steps=0"), folder.Path, 10) { Device = TrainingDevice.CpuAsDevice };
        cluster.Join();
        var live = new List<long>();
        SmallCluster.Settle();
        cluster.Run((_, _) => live.Add(torch.Tensor.TotalCount));

        live[3..].Distinct().Count().ShouldBe(1, string.Join(", ", live));
    }
}
