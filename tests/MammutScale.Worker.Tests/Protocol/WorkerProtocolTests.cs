using MammutScale.Collectives;
using MammutScale.Collectives.Tcp.Peers;
using MammutScale.Contracts;
using MammutScale.Training.Configuration;
using MammutScale.Training.Events;
using MammutScale.Worker.Generations;

namespace MammutScale.Worker.Tests.Protocol;

public sealed class WorkerProtocolTests
{
    [Fact]
    public async Task RunCompletes_WhenTwoWorkersTrainTogether()
    {
        await using var cluster = await LocalCluster.StartAsync(steps: 40, min: 2, max: 2);
        var (one, two) = (cluster.Start("w1"), cluster.Start("w2"));
        (await one.Exit.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(ExitCodes.Done);
        (await two.Exit.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(ExitCodes.Done);
        var end = await cluster.UntilAsync(s => s.State == RunState.Completed);
        (end.Step, end.Restarts, end.Generation).ShouldBe((40, 0, 1));
        var history = await cluster.AskAsync(run => run.GetHistory(null, null, 1000));
        history.LastStep.ShouldBe(Enumerable.Range(1, 40).Select(s => (long)s));
    }

    [Fact]
    public async Task RanksMeetAsTheRunFileSays()
    {
        await using var cluster = await LocalCluster.StartAsync(steps: 10, min: 2, max: 2);
        var rules = new CollectivesSection { SocketsPerPeer = 3, SharedMemory = false };
        var (one, two) = (cluster.Start("w1", collectives: rules), cluster.Start("w2", collectives: rules));
        await cluster.UntilAsync(s => s.State == RunState.Completed);
        foreach (var worker in new[] { one, two }) worker.Log.ShouldContain(line => line.StartsWith("TCP group: rank ") && line.EndsWith("by TCP × 3"));
    }

    [Fact]
    public void LimitsOfTheRunFileReachTheGroup()
    {
        using var groups = new TcpGroups(TcpRendezvousListener.Bind("127.0.0.1"), null, TimeProvider.System, _ => { });
        var member = new Member { WorkerId = "w", Rank = 0, Endpoint = "127.0.0.1:1", FirstLane = 0, LaneCount = 1 };
        var plan = new GenerationPlan { Generation = 1, Members = [member], Secret = new byte[32], Run = null! };
        var options = groups.Options(plan, member, new CollectivesSection { SilenceSeconds = 3, StandstillSeconds = 45, ConnectSeconds = 7 });
        (options.Timing.SilenceTimeout.TotalSeconds, options.Timing.ProgressTimeout.TotalSeconds, options.ConnectTimeout.TotalSeconds).ShouldBe((3, 45, 7));
        options.Timing.ProgressFloor.ShouldBeLessThanOrEqualTo(options.Timing.ProgressTimeout);
        var usual = groups.Options(plan, member, new CollectivesSection());
        (usual.Timing, usual.SocketsPerPeer, usual.SharedMemory, usual.ConnectTimeout).ShouldBe((new MeshTiming(), 2, true, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task NoStepIsLost_WhenAWorkerDiesAndAnotherOneComes()
    {
        await using var cluster = await LocalCluster.StartAsync(steps: 150, min: 1, max: 2);
        var (one, two) = (cluster.Start("w1"), cluster.Start("w2"));
        await cluster.UntilAsync(s => s.Step > 10 && s.Workers.Count(w => w.Rank >= 0) == 2);
        one.Trainee.Fault = new InvalidOperationException("a bug");
        (await one.Exit.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(ExitCodes.Crashed);
        await cluster.AskAsync(async run =>
        {
            await run.Exited(new WorkerExit { WorkerId = "w1", ProcessId = Environment.ProcessId, ExitCode = ExitCodes.Crashed });
            return true;
        });
        await cluster.UntilAsync(s => s.Generation == 2 && s.Workers.Single(w => w.WorkerId == "w2").Rank == 0);
        var again = cluster.Start("w1-again");
        await cluster.UntilAsync(s => s.Generation == 3 && s.Workers.Count(w => w.Rank >= 0) == 2);
        var end = await cluster.UntilAsync(s => s.State == RunState.Completed);
        end.Restarts.ShouldBe(1);
        two.Trainee.Repeated.ShouldBe(0, "the survivor's memory goes on");
        two.Trainee.Committed.Count.ShouldBe(150);
        again.Trainee.Committed.ShouldBe(Enumerable.Range((int)again.Trainee.Committed[0], again.Trainee.Committed.Count).Select(s => (long)s));
        var history = await cluster.AskAsync(run => run.GetHistory(null, null, 1000));
        history.LastStep.ShouldBe(Enumerable.Range(1, 150).Select(s => (long)s), "what the dead rank 0 did not tell, the new one does");
    }

    [Fact]
    public async Task TrainingGoesOn_WhenTheCoordinatorIsAway()
    {
        await using var cluster = await LocalCluster.StartAsync(steps: 2000, min: 2, max: 2);
        var (one, _) = (cluster.Start("w1"), cluster.Start("w2"));
        var before = await cluster.UntilAsync(s => s.Step > 5);
        await cluster.StopCoordinatorAsync();
        var reached = one.Trainee.CommittedStep!.Value;
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30)))
        {
            while (one.Trainee.CommittedStep < reached + 30) await Task.Delay(20, limit.Token);
        }

        await cluster.StartCoordinatorAsync();
        var after = await cluster.UntilAsync(s => s.Step >= reached + 30);
        (after.Generation, after.Restarts, after.State).ShouldBe((before.Generation, 0, RunState.Running));
        var history = await cluster.AskAsync(run => run.GetHistory(null, null, 10_000));
        history.LastStep.ShouldBe(Enumerable.Range(1, history.LastStep.Length).Select(s => (long)s), "steps of the time without a coordinator are told later");
        await cluster.AskAsync(run => run.Command(new RunCommand { Kind = RunCommandKind.Stop, By = "test" }));
        await cluster.UntilAsync(s => s.State == RunState.Stopped);
        (await one.Exit.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(ExitCodes.Done);
    }

    [Fact]
    public async Task StateStaysInMemory_WhenTheRunIsPausedAndResumed()
    {
        await using var cluster = await LocalCluster.StartAsync(steps: 100_000, min: 1, max: 2);
        var (one, two) = (cluster.Start("w1"), cluster.Start("w2"));
        await cluster.UntilAsync(s => s.Step > 5 && s.Workers.Count(w => w.Rank >= 0) == 2);
        await cluster.AskAsync(run => run.Command(new RunCommand { Kind = RunCommandKind.Checkpoint, By = "test" }));
        await cluster.UntilAsync(s => s.Checkpoints.Count == 1 && s.Pending is null);
        await cluster.AskAsync(run => run.Command(new RunCommand { Kind = RunCommandKind.Pause, By = "test" }));
        var paused = await cluster.UntilAsync(s => s.State == RunState.Paused);
        paused.Checkpoints.Count.ShouldBe(2);
        one.Trainee.CommittedStep.ShouldBe(two.Trainee.CommittedStep);
        await cluster.AskAsync(run => run.Command(new RunCommand { Kind = RunCommandKind.Resume, By = "test" }));
        var resumed = await cluster.UntilAsync(s => s.State == RunState.Running && s.Step > paused.Step + 5);
        resumed.Restarts.ShouldBe(0);
        one.Trainee.Repeated.ShouldBe(0);
        one.Trainee.Checkpoints.ShouldBe(2);
    }

    [Fact]
    public async Task OthersGoOn_WhenAWorkerIsAskedToGo()
    {
        await using var cluster = await LocalCluster.StartAsync(steps: 100_000, min: 1, max: 2);
        var (one, two) = (cluster.Start("w1"), cluster.Start("w2"));
        await cluster.UntilAsync(s => s.Step > 5 && s.Workers.Count(w => w.Rank >= 0) == 2);
        one.AskToGo();
        (await one.Exit.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(ExitCodes.Done);
        var left = await cluster.UntilAsync(s => s.State == RunState.Running && s.Workers.Single(w => w.WorkerId == "w2") is { Rank: 0, LaneCount: 8 } && s.Step > one.Trainee.CommittedStep + 3);
        left.Restarts.ShouldBe(0, "nobody died");
        two.Trainee.Repeated.ShouldBe(0);
        two.Trainee.Checkpoints.ShouldBe(0);
        two.AskToGo();
        (await two.Exit.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(ExitCodes.Done);
        two.Trainee.Checkpoints.ShouldBe(1, "the last one takes the state to a checkpoint");
    }

    [Fact]
    public async Task RunFailsWithTheReason_WhenItCannotGoOnAnywhere()
    {
        await using var cluster = await LocalCluster.StartAsync(steps: 1000, min: 2, max: 2);
        var (one, two) = (cluster.Start("w1"), cluster.Start("w2"));
        await cluster.UntilAsync(s => s.Step > 2);
        two.Trainee.Fault = new TrainingException("The folder data/train is gone.");
        (await two.Exit.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(ExitCodes.RunCannotGoOn);
        var end = await cluster.UntilAsync(s => s.State == RunState.Failed);
        end.Reason.ShouldBe("The folder data/train is gone");
        (await one.Exit.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(ExitCodes.Done);
    }
}
