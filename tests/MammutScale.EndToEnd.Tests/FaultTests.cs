using MammutScale.TestKit;

namespace MammutScale.EndToEnd.Tests;

/// <summary>What happens when processes are killed or interrupted.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task TheRunRecoversAndCompletes_WhenAWorkerIsKilled()
    {
        using var work = new TemporaryFolder();
        await using var mammut = MammutProcess.Start(Local.Quickstart(work, 60, 2));
        await mammut.WaitForRunAsync(r => Local.Step(r) >= 5, Local.Limit, "step 5");
        MammutProcess.SendSignal(Local.WorkerProcesses(mammut).First(), Local.Kill);
        var run = await mammut.WaitForRunAsync(r => Local.State(r) == "completed", Local.Limit, "the end of the run");
        Local.Step(run).ShouldBe(60);
        run.GetProperty("restarts").GetInt32().ShouldBeGreaterThan(0);
        run.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("kind").GetString()).ShouldContain("workerLost");
        (await mammut.LossesAsync(Local.Id(run))).Length.ShouldBe(60);
    }

    [Fact]
    public async Task TheRunGoesOnAndCompletes_WhenCoordinatorAndDashboardAreKilled()
    {
        using var work = new TemporaryFolder();
        await using var mammut = MammutProcess.Start(Local.Quickstart(work, 60, 2));
        await mammut.WaitForRunAsync(r => Local.Step(r) >= 5, Local.Limit, "step 5");
        foreach (string name in (string[])[" coordinator ", " dashboard "])
            MammutProcess.SendSignal(mammut.Descendants().Single(p => p.Command.Contains(name, StringComparison.Ordinal)).Id, Local.Kill);
        var run = await mammut.WaitForRunAsync(r => Local.State(r) == "completed", Local.Limit, "the end of the run");
        Local.Step(run).ShouldBe(60);
        (await mammut.LossesAsync(Local.Id(run))).Length.ShouldBe(60);
    }

    [Fact]
    public async Task AllProcessesEndAndACheckpointStands_WhenTheCommandIsInterrupted_AndTheRunGoesOnFromThere()
    {
        using var work = new TemporaryFolder();
        double[] before;
        await using (var mammut = MammutProcess.Start(Local.Quickstart(work, 30, 2)))
        {
            var run = await mammut.WaitForRunAsync(r => Local.Step(r) >= 6, Local.Limit, "step 6");
            before = await mammut.LossesAsync(Local.Id(run));
            int[] processes = [.. mammut.Descendants().Select(p => p.Id)];
            processes.Length.ShouldBeGreaterThanOrEqualTo(4);
            mammut.Signal(Local.Interrupt);
            await mammut.WaitForExitAsync(Local.Limit);
            mammut.ExitCode.ShouldBe(130, mammut.Output + mammut.Errors);
            processes.Where(ProcessTree.Runs).ShouldBeEmpty();
        }

        Directory.EnumerateFiles(work.Path, "manifest.json", SearchOption.AllDirectories).ShouldNotBeEmpty();
        double[] resumed = await RunToTheEndAsync(work);
        using var fresh = new TemporaryFolder();
        double[] uninterrupted = await RunToTheEndAsync(fresh);
        resumed.Length.ShouldBe(30);
        resumed.Zip(uninterrupted, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4);
        before.Zip(uninterrupted, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4);
    }

    [Fact]
    public async Task NoProcessStays_WhenTheCommandItselfIsKilled()
    {
        using var work = new TemporaryFolder();
        await using var mammut = MammutProcess.Start(Local.Quickstart(work, 5000, 2));
        await mammut.WaitForRunAsync(r => Local.Step(r) >= 1, Local.Limit, "step 1");
        int[] processes = [.. mammut.Descendants().Select(p => p.Id)];
        processes.Length.ShouldBeGreaterThanOrEqualTo(4);
        mammut.Signal(Local.Kill);
        await mammut.WaitForExitAsync(Local.Limit);
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (processes.Any(ProcessTree.Runs) && limit.Elapsed < TimeSpan.FromSeconds(15)) await Task.Delay(100, TestContext.Current.CancellationToken);
        processes.Where(ProcessTree.Runs).Select(ProcessTree.Command).ShouldBeEmpty();
    }

    private static async Task<double[]> RunToTheEndAsync(TemporaryFolder work)
    {
        await using var mammut = MammutProcess.Start(Local.Quickstart(work, 30, 2));
        var run = await mammut.WaitForRunAsync(r => Local.State(r) == "completed", Local.Limit, "the end of the run");
        double[] losses = await mammut.LossesAsync(Local.Id(run));
        mammut.Signal(Local.Interrupt);
        await mammut.WaitForExitAsync(Local.Limit);
        return losses;
    }
}
