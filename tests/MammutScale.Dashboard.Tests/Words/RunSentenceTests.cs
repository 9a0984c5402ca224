using MammutScale.Contracts;
using MammutScale.Dashboard.Health;
using MammutScale.Dashboard.Tests.Fakes;
using MammutScale.Dashboard.Words;

namespace MammutScale.Dashboard.Tests.Words;

public sealed class RunSentenceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 14, 29, 0, TimeSpan.Zero);

    [Fact]
    public void Healthy_SaysSpeedWorkersTimeLeft()
        => Read(new InventedRun("r", 14_000, Now), healthyFor: TimeSpan.FromMinutes(134)).ShouldBe(
            "Running at 676 samples/s with 8 of 8 workers, 2 h 32 m left.\nHealthy for 2 h 14 m.");

    [Fact]
    public void Slow_SaysWhoWhyAndWhatItCosts()
    {
        var run = new InventedRun("r", 15_370, Now);
        var cause = new SlowCause(CauseKind.WorkerData, "worker-5", 0.31, 1.44, 592);
        Say(run, new RunHealth([cause], Now)).ShouldBe(
            "Running at 417 samples/s with 7 of 8 workers, 3 h 10 m left.\n" +
            "Slow: worker 5 waits 31 % of each step for data, and the others wait for it. Without it: 592 samples/s.Worker 5");
    }

    [Fact]
    public void SeveralCauses_AreCounted()
    {
        SlowCause[] causes = [new(CauseKind.Communication, null, 0.28, 1, 570), new(CauseKind.Checkpoint, null, 0.1, 1, 450), new(CauseKind.Data, null, 0.06, 1, 430)];
        Say(new InventedRun("r", 100, Now), new RunHealth(causes, Now)).ShouldContain("Slow: communication is exposed for 28 % of each step. Without it: 570 samples/s. And 2 more.");
    }

    [Fact]
    public void Degraded_SaysWhoWasLostAndWhoReadsItsLanes()
        => Read(new InventedRun("r", 14_800, Now)).ShouldEndWith("Degraded: worker 3 was lost 17 m ago; its lanes are read by the other 7.Worker 3");

    [Fact]
    public void LostWorkerThatWasReplaced_IsNoMoreSaid()
    {
        var run = new InventedRun("r", 14_800, Now) { Workers = 8 };
        var snapshot = run.Snapshot();
        snapshot = snapshot with { Submission = snapshot.Submission with { MaxWorkers = 7 } };
        RunSentence.Of(snapshot, new RunHealth([], Now)).State.ShouldBe("running");
    }

    [Fact]
    public void Waiting_SaysHowManyAreNeeded()
    {
        var run = new InventedRun("r", 0, Now) { State = RunState.Gathering, Workers = 3, StateSince = Now.AddMinutes(-6) };
        Read(run).ShouldBe("Waiting for workers: 3 are here, at least 4 are needed.\nFor 6 m.");
    }

    [Fact]
    public void Starting_SaysThatTheFirstStepTakesLonger()
        => Read(new InventedRun("r", 0, Now) { StateSince = Now.AddSeconds(-12) }).ShouldBe("Starting with 8 workers.\nNo steps yet; the first takes longer. For 12 s.");

    [Fact]
    public void Recovering_SaysWhoWasLostAndWhoGoesOn()
    {
        var run = new InventedRun("r", 14_300, Now) { State = RunState.Recovering, StateSince = Now.AddSeconds(-0.8), LostSince = Now.AddSeconds(-1), Reason = "worker 3 (w3) was lost: its process was ended by signal 9" };
        Read(run).ShouldBe("Recovering for 0.8 s: worker 3 was lost, 7 of 8 go on.\nIts process was ended by signal 9. At most one step is done again.");
    }

    [Fact]
    public void RolledBack_SaysFromWhereAndWhatIsDoneAgain()
    {
        var run = new InventedRun("r", 15_370, Now) { State = RunState.Recovering, AllWorkers = WorkerState.Lost };
        Read(run).ShouldBe("Recovering: all workers were lost; it goes on from checkpoint 15,000.\n370 steps are done again.");
    }

    [Fact]
    public void Paused_SaysByWhomAndWhatIsSafe()
    {
        var run = new InventedRun("r", 15_400, Now) { State = RunState.Paused, Reason = "by kim", StateSince = Now.AddMinutes(-6), AllWorkers = WorkerState.Paused };
        run.Checkpoints.Add(run.Checkpoints[^1] with { Step = 15_400 });
        Read(run).ShouldBe("Paused by kim at step 15,400, 6 m ago.\nAll 7 workers keep their state in memory. Checkpoint 15,400 is verified.");
    }

    [Fact]
    public void Pausing_IsSeenByEveryoneWhoLooks()
    {
        var run = new InventedRun("r", 200, Now) { Pending = new PendingCommand { Kind = RunCommandKind.Pause, By = "kim", At = Now.AddSeconds(-2), Acknowledged = ["worker-0"] } };
        Read(run).ShouldEndWith("\nPausing, asked by kim 2.0 s ago; 1 of 8 workers are ready.");
    }

    [Fact]
    public void Failed_SaysWhyAndWhatIsSafe()
    {
        var run = new InventedRun("r", 2_206, Now) { State = RunState.Failed, Reason = "The loss was not finite for 3 steps" };
        Read(run).ShouldBe("Failed: the loss was not finite for 3 steps.\nAfter step 2,206. Checkpoint 2,000 is verified.");
    }

    [Fact]
    public void Completed_SaysResultAndGoodput()
    {
        var run = new InventedRun("r", 20_000, Now) { State = RunState.Completed };
        run.EndedAt = run.StartedAt.AddHours(9.3667);
        Read(run).ShouldBe("Completed 20,000 steps in 9 h 22 m; R@1 69.4 %.\n20.5 M samples; goodput 84 %. Checkpoint 20,000 is verified.");
    }

    [Fact]
    public void Stopped_SaysThatItCanGoOn()
    {
        var run = new InventedRun("r", 7_412, Now) { State = RunState.Stopped, Reason = "by kim" };
        run.Checkpoints.Add(run.Checkpoints[^1] with { Step = 7_412 });
        Read(run).ShouldBe("Stopped by kim at step 7,412.\nCheckpoint 7,412 is verified; the run can go on from there.");
    }

    [Theory]
    [InlineData(RunState.Running, "The dashboard cannot reach the coordinator; training goes on without it. Trying again in {retry}.")]
    [InlineData(RunState.Paused, "The dashboard cannot reach the coordinator. Trying again in {retry}.")]
    public void Away_SaysThatTrainingGoesOn_OnlyWhenItDid(RunState state, string second)
    {
        var run = new InventedRun("r", 15_370, Now) { State = state }.Snapshot();
        AwaySentence.Coordinator(run).Read(Now).ShouldBe($"Last heard from {{heard}} ago, at step 15,370.\n{second}".Replace(' ', ' '));
    }

    [Fact]
    public void EverySentence_IsPlain()
    {
        foreach (var state in Enum.GetValues<RunState>())
        {
            foreach (long steps in new long[] { 0, 100, 15_370 })
            {
                string text = Read(new InventedRun("r", steps, Now) { State = state });
                text.ShouldNotContain("!");
                text.ShouldNotContain("please", Case.Insensitive);
                text.ShouldNotContain("  ");
                text.Split('\n')[0].ShouldEndWith(".");
            }
        }
    }

    private static string Read(InventedRun run, TimeSpan? healthyFor = null)
        => Say(run, new RunHealth([], run.Now - (healthyFor ?? TimeSpan.Zero)));

    // narrow spaces are checked with the figures; here they would only hide the words
    private static string Say(InventedRun run, RunHealth health)
        => RunSentence.Of(run.Snapshot(), health).Read(run.Now).Replace('\u202f', ' ');
}
