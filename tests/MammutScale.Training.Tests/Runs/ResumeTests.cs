using MammutScale.Training.Events;
using MammutScale.Training.Runs;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Runs;

public sealed class ResumeTests
{
    private const long Steps = 12;
    private static readonly Lazy<Dictionary<long, double>> Uninterrupted = new(() =>
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("checkpoint.every_steps=0"), folder.Path, Steps);
        cluster.Join();
        cluster.Join();
        cluster.Run().ShouldAllBe(e => e == GenerationEnd.Completed);
        return cluster.Losses;
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void LossesAreExactlyThoseOfARunThatNeverStopped_WhenResumedFromACheckpoint(int zero)
    {
        var expected = zero == 0 ? Uninterrupted.Value : null;
        using var folder = new TemporaryFolder();
        var file = TinyRun.File($"train.zero={zero}");
        using (var whole = new SmallCluster(file, folder.Path + "/whole", Steps))
        {
            whole.Join();
            whole.Join();
            whole.Run();
            expected ??= whole.Losses;
        }

        using (var first = new SmallCluster(file, folder.Path, Steps) { Directive = c => c.Step >= 5 ? StepDirective.Stop : StepDirective.Continue })
        {
            first.Join();
            first.Join();
            first.Run().ShouldAllBe(e => e == GenerationEnd.Stopped);
            first.Recorders[0].Checkpoints.Single().Step.ShouldBe(5);
        }

        using var second = new SmallCluster(file, folder.Path, Steps);
        second.Join();
        second.Join();
        second.Run();

        second.Recorders[0].Happenings.ShouldContain(h => h.Kind == HappeningKind.Resumed && h.Step == 5);
        second.Losses.Keys.Min().ShouldBe(6);
        foreach (var (step, loss) in second.Losses) loss.ShouldBe(expected[step]);
    }

    [Theory]
    [InlineData(0, 1, 3)]
    [InlineData(1, 3, 2)]
    [InlineData(1, 2, 1)]
    public void LossesStayWithinTolerance_WhenResumedWithAnotherWorld(int zero, int before, int after)
    {
        using var folder = new TemporaryFolder();
        var file = TinyRun.File($"train.zero={zero}", "optim.ema=0.9");
        using (var first = new SmallCluster(file, folder.Path, Steps) { Directive = c => c.Step >= 4 ? StepDirective.Pause : StepDirective.Continue })
        {
            for (var i = 0; i < before; i++) first.Join();
            first.Run().ShouldAllBe(e => e == GenerationEnd.Paused);
        }

        using var second = new SmallCluster(file, folder.Path, Steps);
        for (var i = 0; i < after; i++) second.Join();
        second.Run();

        foreach (var (step, loss) in second.Losses) loss.ShouldBe(Uninterrupted.Value[step], 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void NoStepIsLostAndNoCheckpointRead_WhenAWorkerDiesAndAnotherJoins(int zero)
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("checkpoint.every_steps=0", $"train.zero={zero}"), folder.Path, Steps);
        for (var i = 0; i < 3; i++) cluster.Join();

        Should.Throw<Collectives.CollectiveException>(() => cluster.Run((group, step) =>
        {
            if (step >= 5 && group.Rank == 1) group.Abort("rank 1 was killed");
        }));
        var committed = cluster.Sessions[0].CommittedStep!.Value;
        committed.ShouldBeInRange(4, 5);
        cluster.Kill(1);
        cluster.Join();
        cluster.Run();

        cluster.Recorders[0].Happenings.ShouldContain(h => h.Kind == HappeningKind.Synchronized);
        cluster.Recorders[0].Happenings.ShouldNotContain(h => h.Kind == HappeningKind.Resumed);
        cluster.Losses.Keys.Min().ShouldBeInRange(committed + 1, committed + 2);
        foreach (var (step, loss) in cluster.Losses) loss.ShouldBe(Uninterrupted.Value[step], 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TrainingGoesOnFromMemory_WhenTheWorldGrowsAndShrinksAtAStepBoundary(int zero)
    {
        using var folder = new TemporaryFolder();
        var stop = 4L;
        using var cluster = new SmallCluster(TinyRun.File($"train.zero={zero}", "checkpoint.every_steps=0", "optim.ema=0.9"), folder.Path, Steps)
        {
            Directive = c => c.Step >= stop ? StepDirective.Regroup : StepDirective.Continue,
        };
        cluster.Join();
        cluster.Join();
        cluster.Run().ShouldAllBe(e => e == GenerationEnd.Regrouped);
        cluster.Join();
        stop = 8;
        cluster.Run().ShouldAllBe(e => e == GenerationEnd.Regrouped);
        cluster.Losses.Keys.ShouldBe([5, 6, 7, 8]);
        stop = long.MaxValue;
        cluster.Run().ShouldAllBe(e => e == GenerationEnd.Completed);

        foreach (var (step, loss) in cluster.Losses) loss.ShouldBe(Uninterrupted.Value[step], 1e-4);
    }

    [Fact]
    public void TheCheckpointIsUsed_WhenALostWorkerHeldTheOnlyCopyOfItsShard()
    {
        using var folder = new TemporaryFolder();
        using var cluster = new SmallCluster(TinyRun.File("train.zero=1", "train.zero_copies=1", "checkpoint.every_steps=3"), folder.Path, Steps)
        {
            Directive = c => c.Step == 5 ? StepDirective.Regroup : StepDirective.Continue,
        };
        cluster.Join();
        cluster.Join();
        cluster.Run();
        cluster.Kill(1);
        cluster.Join();
        cluster.Run();

        cluster.Recorders[0].Happenings.ShouldContain(h => h.Kind == HappeningKind.Resumed && h.Step == 3);
    }
}
