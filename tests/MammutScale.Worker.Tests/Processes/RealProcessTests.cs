using MammutScale.Contracts;
using MammutScale.Worker.Generations;

namespace MammutScale.Worker.Tests.Processes;

/// <summary>Everything real: processes, sockets, torch, the samples.</summary>
[Collection("processes")]
public sealed class RealProcessTests
{
    [Fact]
    public async Task RunGoesOnFromMemory_WhenAWorkerIsKilled()
    {
        await using var cluster = new RealCluster();
        cluster.StartCoordinator();
        await cluster.SubmitAsync(steps: 400, min: 1, max: 2);
        var (one, two) = (cluster.StartWorker("w1"), cluster.StartWorker("w2"));
        await cluster.UntilAsync(s => s.Step > 5 && s.Workers.Count(w => w.Rank >= 0) == 2);
        var victim = (await cluster.UntilAsync(s => s.Step > 8)).Workers.Single(w => w.Rank == 0);
        var killed = victim.WorkerId == "w1" ? one : two;
        killed.Kill();
        await killed.ExitAsync();
        await cluster.AskAsync(async run =>
        {
            await run.Exited(new WorkerExit { WorkerId = victim.WorkerId, ProcessId = killed.Id, ExitCode = 137 });
            return true;
        });
        var alone = await cluster.UntilAsync(s => s.State == RunState.Running && s.Generation >= 2 && s.Workers.Count(w => w.Rank >= 0) == 1 && s.Step > victim.Step + 3);
        alone.Events.ShouldNotContain(e => e.Text.Contains("done again"));
        alone.Events.ShouldNotContain(e => e.Text.Contains("from checkpoint"), "the survivor's memory goes on");
        cluster.StartWorker(victim.WorkerId);
        await cluster.UntilAsync(s => s.Workers.Count(w => w.Rank >= 0) == 2 && s.Generation >= 3 || s.State == RunState.Completed);
        await cluster.AskAsync(run => run.Command(new RunCommand { Kind = RunCommandKind.Stop, By = "test" }));
        var end = await cluster.UntilAsync(s => s.State is RunState.Stopped or RunState.Completed);
        end.Checkpoints.ShouldContain(c => c.Step == end.Step, "a stop leaves a checkpoint");
        var history = await cluster.AskAsync(run => run.GetHistory(null, null, 10_000));
        history.LastStep.ShouldBe(Enumerable.Range(1, history.LastStep.Length).Select(s => (long)s), "every step is told once");
        history.Last[0].ShouldAllBe(loss => double.IsFinite(loss));
    }

    [Fact]
    public async Task RunIsContinuedFromItsCheckpoint_WhenEverythingWasStopped()
    {
        await using var cluster = new RealCluster();
        var coordinator = cluster.StartCoordinator();
        await cluster.SubmitAsync(steps: 100_000, min: 1, max: 1);
        var worker = cluster.StartWorker("w1");
        await cluster.UntilAsync(s => s.Step > 5);
        worker.Signal("TERM");
        (await worker.ExitAsync()).ShouldBe(ExitCodes.Done);
        var left = await cluster.UntilAsync(s => s.State == RunState.Recovering);
        left.Checkpoints.ShouldHaveSingleItem().Step.ShouldBe(left.Step);
        coordinator.Kill();
        await coordinator.ExitAsync();
        cluster.StartCoordinator();
        cluster.StartWorker("w1");
        var again = await cluster.UntilAsync(s => s.State == RunState.Running && s.Step > left.Step + 2);
        again.Events.Select(e => e.Text).ShouldContain(t => t.Contains("Continuing from checkpoint"));
        again.Latest.ShouldNotBeNull().Step.ShouldBeGreaterThan(left.Step);
    }

    [Fact]
    public async Task RunFailsWithOneSentence_WhenItsDataIsNotThere()
    {
        await using var cluster = new RealCluster();
        cluster.StartCoordinator();
        await cluster.SubmitAsync(100, 1, 1, "data.train=[{path: /no/such/folder}]");
        var worker = cluster.StartWorker("w1");
        (await worker.ExitAsync()).ShouldBe(ExitCodes.RunCannotGoOn);
        var end = await cluster.UntilAsync(s => s.State == RunState.Failed);
        end.Reason.ShouldContain("/no/such/folder");
        worker.Output.ShouldContain("/no/such/folder");
        worker.Output.ShouldNotContain("   at ", customMessage: "no stack trace for a user's mistake");
    }

    [Fact]
    public async Task NoOrphanStays_WhenTheParentIsKilled()
    {
        await using var cluster = new RealCluster();
        using var parent = RealProcess.StartPlain("sleep", "600");
        using var child = RealProcess.Start(Path.Combine(TestKit.Repository.Output("MammutScale.Worker"), "MammutScale.Worker.dll"),
            "--coordinator", "127.0.0.1:1", "--run", "none", "--listen", "127.0.0.1", "--parent-pid", $"{parent.Id}");
        await child.UntilSaidAsync("starts for run none");
        parent.Kill();
        (await child.ExitAsync(10)).ShouldBe(137);
    }
}
