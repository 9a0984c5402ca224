using System.Text.Json;
using MammutScale.Collectives;
using MammutScale.Training.Events;
using MammutScale.Training.Parameters;
using MammutScale.Training.Runs;
using MammutScale.Training.Tests.Support;
using TorchSharp;

namespace MammutScale.Training.Tests.Runs;

public sealed class RunTests
{
    [Fact]
    public void NoTensorsPileUpAndFewBytesAreAllocated_OverSteps()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("train.micro_batch=8", "checkpoint.every_steps=0"), folder.Path, 12);
        cluster.Join();
        var live = new List<long>();
        SmallCluster.Settle();
        cluster.Run((_, _) => live.Add(torch.Tensor.TotalCount));

        // the first boundary comes before the stream and the gradients have settled
        live[2..].Distinct().Count().ShouldBe(1, string.Join(", ", live));
        var perStep = cluster.Recorders[0].Steps.Skip(4).Max(s => s.AllocatedBytes);
        // 243 KB when this was written: autograd functions and TorchSharp's wrappers, none of it growing with the batch
        perStep.ShouldBeLessThan(320_000);
    }

    [Fact]
    public void PhasesAddUpAndTheProfileHoldsEveryRank_OverARun()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("log.profile_steps=3"), folder.Path, 5) { ProfilePath = folder.Path + "/profile.json" };
        cluster.Join();
        cluster.Join();
        cluster.Run();

        cluster.Recorders[1].Steps.ShouldAllBe(s => s.Phases.Forward > 0 && s.Phases.Backward > 0 && s.Phases.Total < 60);
        using var json = JsonDocument.Parse(File.ReadAllBytes(folder.Path + "/profile.json"));
        var bars = json.RootElement.GetProperty("traceEvents").EnumerateArray().Where(e => e.GetProperty("ph").GetString() == "X").ToList();
        bars.Select(b => b.GetProperty("pid").GetInt32()).Distinct().Order().ShouldBe([0, 1]);
        bars.ShouldContain(b => b.GetProperty("name").GetString() == "Backward");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void NoTimeOfAStepIsOutsideItsPhases(int microBatch)
    {
        using var folder = new TemporaryFolder();
        var time = new CountingTime();
        using var cluster = new SmallCluster(TinyRun.File("checkpoint.every_steps=2", $"train.micro_batch={microBatch}"), folder.Path, 9) { Time = time };
        cluster.Join();
        cluster.Run();

        // from the first step's news to the last one's, by the same clock
        var told = cluster.Recorders[0];
        var elapsed = (double)(told.Told[^1] - told.Told[0]) / time.TimestampFrequency;
        told.Steps.Skip(1).Sum(s => s.Phases.Total).ShouldBe(elapsed, 0.02 * elapsed);
    }

    [Fact]
    public void TheOddRankIsNamedAndTakesTheOthersState_WhenABitOfItsWeightsFlips()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("guard.hash_every=2", "checkpoint.every_steps=0"), folder.Path, 8);
        for (var i = 0; i < 3; i++) cluster.Join();
        var flipped = false;
        void Flip(ICollectives group, long step)
        {
            if (group.Rank != 1 || step != 3 || flipped) return;
            flipped = true;
            TensorMemory.Floats(cluster.Sessions[1].Replica!.State.Weights, 5, 1)[0] *= 1 + 1e-6f;
        }

        Should.Throw<CollectiveException>(() => cluster.Run(Flip)).FailedRank.ShouldBe(1);
        cluster.Recorders[0].Happenings.Single(h => h.Kind == HappeningKind.StateDiffers).Text.ShouldContain("After step 4 the weights of rank 1 differ");
        cluster.Recorders[2].Steps[^1].Step.ShouldBe(4);
        cluster.Run().ShouldAllBe(end => end == GenerationEnd.Completed);

        cluster.Recorders[0].Happenings.Single(h => h.Kind == HappeningKind.StateDiffers).Text.ShouldContain("Ranks at step 4 held different weights; all continue with those of rank 0");
        cluster.Recorders[1].Steps.Select(s => s.Step).ShouldBe([5, 6, 7, 8]);
    }

    [Fact]
    public void BadBatchesAreSkippedAndCounted_WhenEveryRankAgreesThatALossIsNotFinite()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("guard.max_skipped=1"), folder.Path, 8) { Poisoned = [3, 6, 7] };
        cluster.Join();
        cluster.Join();

        var stop = Should.Throw<TrainingException>(() => cluster.Run());

        stop.Message.ShouldContain("steps 7 to 8");
        var steps = cluster.Recorders[1].Steps;
        steps.Select(s => s.Result.Skipped).ShouldBe([false, false, false, true, false, false, true, true]);
        steps[4].Result.Loss.ShouldBeLessThan(20);
        cluster.Recorders[0].Happenings.Count(h => h.Kind == HappeningKind.NonFinite).ShouldBe(3);
    }

    [Fact]
    public void RetrievalIsScored_AtTheEnd()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("checkpoint.every_steps=0"), folder.Path, 2)
        {
            Evaluations = [new EvaluationInput("held out", () => [TinyRun.Batch(99, 0, 10), TinyRun.Batch(99, 10, 5)])],
        };
        cluster.Join();
        cluster.Join();
        cluster.Run();

        var result = cluster.Recorders[0].Evaluations.Single();
        (result.Name, result.Step, result.Scores.Images, result.Scores.Texts).ShouldBe(("held out", 2, 15, 15));
        result.Scores.ImageToTextR10.ShouldBeInRange(0, 1);
        cluster.Recorders[1].Evaluations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10, 30)]
    [InlineData(11, 22)] // the checkpoint of step 33 has seen a spike
    public void TheRunGoesBackAndLeavesBatchesOut_WhenTheLossKeepsSpiking(int every, int back)
    {
        using var folder = new TemporaryFolder();
        var file = TinyRun.File("guard.rewind_after=2", "guard.spike_window=8", "guard.spike_deviations=5", $"checkpoint.every_steps={every}", "optim.lr=0.01", "checkpoint.keep_last=9");
        using var cluster = new SmallCluster(file, folder.Path, 36) { Wild = [32, 33] };
        cluster.Join();
        cluster.Run();

        var told = cluster.Recorders[0];
        told.Happenings.Count(h => h.Kind == HappeningKind.LossSpike).ShouldBe(2);
        told.Happenings.Single(h => h.Kind == HappeningKind.Rewound).Text.ShouldContain($"step 34 to checkpoint step-000000{back}; batches {back} to 33 are left out");
        told.Steps.Where(s => s.Step == back + 1).Select(s => s.Batch).ShouldBe([back, 34]);
        told.Steps[^1].Step.ShouldBe(36);
        told.Checkpoints.Select(c => c.Step).ShouldBe(every == 10 ? [10, 20, 30, 36] : [11, 22, 33, 33, 36]);
    }

    [Fact]
    public void TheRunGoesOnAndSaysSo_WhenThereIsNothingToGoBackTo()
    {
        using var folder = new TemporaryFolder();
        var file = TinyRun.File("guard.rewind_after=2", "guard.spike_window=8", "guard.spike_deviations=5", "checkpoint.every_steps=0", "optim.lr=0.01");
        using var cluster = new SmallCluster(file, folder.Path, 36) { Wild = [32, 33] };
        cluster.Join();
        cluster.Run();

        cluster.Recorders[0].Happenings.Single(h => h.Text.Contains("There is no checkpoint from before step 33")).Kind.ShouldBe(HappeningKind.LossSpike);
        cluster.Recorders[0].Steps.Select(s => s.Step).ShouldBe(Enumerable.Range(1, 36).Select(s => (long)s));
    }
}
