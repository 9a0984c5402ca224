using MammutScale.Contracts;
using MammutScale.Coordinator.Machine;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Tests.Machine;

public sealed class RunMachineTests
{
    [Fact]
    public void GenerationFormsAtOnce_WhenMaxWorkersAreHere()
    {
        var run = new Scenario(min: 1, max: 2);
        run.Join("w1").Directive.ShouldBe(Directive.Wait);
        run.State.State.ShouldBe(RunState.Gathering);
        var orders = run.Join("w2");
        orders.Directive.ShouldBe(Directive.Regroup);
        orders.Plan.ShouldNotBeNull().Members.Select(m => (m.WorkerId, m.Rank, m.FirstLane, m.LaneCount)).ShouldBe([("w1", 0, 0, 4), ("w2", 1, 4, 4)]);
        orders.Plan.Secret.Length.ShouldBe(32);
        run.Last.Durable.ShouldBeTrue();
        run.Join("w1").Plan.ShouldNotBeNull().Secret.ShouldBe(orders.Plan.Secret);
    }

    [Fact]
    public void GenerationFormsAfterSettling_WhenFewerThanMaxWorkersCome()
    {
        var run = new Scenario(min: 2, max: 4);
        run.Join("w1");
        run.Pass(TimeSpan.FromSeconds(30), "w1");
        run.State.State.ShouldBe(RunState.Gathering);
        run.State.Reason.ShouldContain("1 is here, at least 2 are needed");
        run.Join("w2");
        run.Pass(run.Options.InitialSettle - TimeSpan.FromSeconds(1), "w1", "w2");
        run.State.State.ShouldBe(RunState.Gathering);
        run.Pass(TimeSpan.FromSeconds(2), "w1", "w2");
        run.State.State.ShouldBe(RunState.Running);
    }

    [Fact]
    public void PlanIsGivenAgain_WhenTheAnswerWasLost()
    {
        var run = new Scenario(max: 1);
        var hello = new MachineEvent.Greeted(new WorkerHello { WorkerId = "w1", Host = "h", ProcessId = 1, Endpoint = "h:1" });
        run.Apply(hello);
        Orders.For(run.State, "w1", 0).Plan.ShouldNotBeNull();
        run.Apply(hello);
        Orders.For(run.State, "w1", 0).Plan.ShouldNotBeNull().Generation.ShouldBe(1);
        run.State.Restarts.ShouldBe(0);
    }

    [Fact]
    public void SurvivorGoesOnAlone_WhenItsPeerIsKilled()
    {
        var run = new Scenario().Started(2);
        run.Train(7);
        run.Exit("w1");
        run.State.State.ShouldBe(RunState.Recovering);
        run.State.Reason.ShouldContain("worker 0 (w1) was lost: its process was ended by signal 9");
        var orders = run.Report("w2");
        orders.Directive.ShouldBe(Directive.Regroup);
        orders.AtBoundary.ShouldBeFalse();
        run.Join("w2").Directive.ShouldBe(Directive.Wait);
        run.Pass(TimeSpan.FromSeconds(0.5), "w2");
        var plan = run.Plans["w2"];
        plan.Generation.ShouldBe(2);
        plan.RecordedStep.ShouldBe(7);
        plan.Members.ShouldHaveSingleItem().ShouldBe(new Member { WorkerId = "w2", Rank = 0, Endpoint = plan.Members[0].Endpoint, FirstLane = 0, LaneCount = 8, CommittedStep = 7 });
        run.State.Restarts.ShouldBe(1);
    }

    [Fact]
    public void NewcomerJoinsAtStepBoundary_WhenTheGenerationHasShownThatItWorks()
    {
        var run = new Scenario().Started(2);
        run.Train(5);
        run.Exit("w2");
        run.Report("w1");
        run.Join("w1");
        run.Pass(TimeSpan.FromSeconds(0.5), "w1");
        run.Plans["w1"].Generation.ShouldBe(2);
        run.Join("w2", newProcess: true).Directive.ShouldBe(Directive.Wait);
        run.State.State.ShouldBe(RunState.Running, "no step of the new generation is done yet");
        run.Train(6);
        run.State.State.ShouldBe(RunState.Recovering);
        run.Report("w1").AtBoundary.ShouldBeTrue();
        run.Join("w1");
        run.Join("w2");
        run.Pass(TimeSpan.FromSeconds(0.5), "w1", "w2");
        run.State.Members.Select(m => (m.WorkerId, m.CommittedStep)).ShouldBe([("w1", 6L), ("w2", null)]);
        run.State.Restarts.ShouldBe(1, "growing is no restart");
    }

    [Fact]
    public void MostAdvancedSurvivorGetsRankZero_WhenTheOthersAreBehind()
    {
        var run = new Scenario(max: 3).Started(3);
        run.Train(4);
        run.Report("w3", r => r with { Step = 5 });
        run.Exit("w2");
        foreach (var worker in new[] { "w1", "w3" })
        {
            run.Report(worker);
            run.Join(worker);
        }

        run.Pass(TimeSpan.FromSeconds(0.5), "w1", "w3");
        run.State.Members.Select(m => m.WorkerId).ShouldBe(["w3", "w1"]);
    }

    [Fact]
    public void OldGenerationIsRefused_WhenAZombieReports()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Exit("w1");
        run.Report("w2");
        run.Join("w2");
        run.Pass(TimeSpan.FromSeconds(0.5), "w2");
        run.Join("w2");
        var before = run.State;
        var orders = run.Report("w1", r => r with { Generation = 1, Step = 4, Steps = [Make.Step(4)], FatalFailure = "I am dead" });
        orders.Directive.ShouldBe(Directive.Regroup);
        run.State.ShouldBe(before);
        run.Last.Steps.ShouldBeEmpty();
    }

    [Fact]
    public void WorkerIsLost_WhenItFallsSilent()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Pass(TimeSpan.FromSeconds(4), "w1");
        run.State.Worker("w2").ShouldNotBeNull().State.ShouldBe(WorkerState.Lost);
        run.State.State.ShouldBe(RunState.Recovering);
    }

    [Fact]
    public void NobodyIsBlamed_WhenTheCoordinatorItselfSlept()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Pass(TimeSpan.FromSeconds(1), "w1", "w2");
        run.Apply(new MachineEvent.Ticked());
        var woken = new RunMachine(run.Options).Apply(run.State, new MachineEvent.Ticked(), run.Now.AddMinutes(10));
        woken.State.LiveMembers.Count().ShouldBe(2);
        woken.State.State.ShouldBe(RunState.Running);
    }

    [Fact]
    public void GenerationEnds_WhenNoStepIsCommittedForTooLong()
    {
        var run = new Scenario(options: new RendezvousOptions { StepFloor = TimeSpan.FromSeconds(10) }).Started(2);
        run.Train(3);
        run.Pass(TimeSpan.FromSeconds(9), "w1", "w2");
        run.State.State.ShouldBe(RunState.Running);
        run.Pass(TimeSpan.FromSeconds(3), "w1", "w2");
        run.State.State.ShouldBe(RunState.Recovering);
        run.State.Reason.ShouldContain("no step was committed for");
    }

    [Fact]
    public void SlowStepsAreAllowed_WhenTheRunHasShownThatItsStepsAreSlow()
    {
        var pace = StepPace.Empty.With([1, 30, 2]);
        pace.Limit(new RendezvousOptions()).ShouldBe(TimeSpan.FromSeconds(300));
        StepPace.Empty.With(Enumerable.Repeat(0.1, 500)).Limit(new RendezvousOptions()).ShouldBe(new RendezvousOptions().StepFloor);
    }

    [Fact]
    public void RunIsPausedAndGoesOn_WhenAsked()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Command(RunCommandKind.Pause);
        run.Command(RunCommandKind.Pause);
        run.Report("w1").Directive.ShouldBe(Directive.Pause);
        run.Join("w1");
        run.State.State.ShouldBe(RunState.Running);
        run.Join("w2");
        run.State.State.ShouldBe(RunState.Paused);
        run.State.Reason.ShouldBe("by ada");
        run.Pass(TimeSpan.FromMinutes(5), "w1", "w2");
        run.State.State.ShouldBe(RunState.Paused);
        run.Command(RunCommandKind.Resume);
        run.State.State.ShouldBe(RunState.Running);
        run.State.Generation.ShouldBe(2);
        run.State.Members[0].CommittedStep.ShouldBe(3);
        run.State.Restarts.ShouldBe(0);
    }

    [Fact]
    public void RunStops_WhenAllMembersHaveLeft()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Command(RunCommandKind.Stop);
        run.Report("w1").Directive.ShouldBe(Directive.Stop);
        run.Apply(new MachineEvent.Departed("w1", "stopped"));
        run.State.State.ShouldBe(RunState.Running);
        run.Apply(new MachineEvent.Departed("w2", "stopped"));
        run.State.State.ShouldBe(RunState.Stopped);
        run.State.EndedAt.ShouldBe(run.Now);
        run.Command(RunCommandKind.Stop);
        run.State.State.ShouldBe(RunState.Stopped);
        run.Command(RunCommandKind.Resume);
        run.State.State.ShouldBe(RunState.Queued);
        run.State.EndedAt.ShouldBeNull();
    }

    [Fact]
    public void StopIsEnforced_WhenWorkersDoNotFollow()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Command(RunCommandKind.Stop);
        run.Pass(run.Options.CommandGrace + TimeSpan.FromSeconds(1), "w1", "w2");
        run.State.State.ShouldBe(RunState.Stopped);
        run.Report("w1").Directive.ShouldBe(Directive.Leave);
    }

    [Fact]
    public void CheckpointIsAskedForUntilItIsThere()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Command(RunCommandKind.Checkpoint);
        var first = run.Report("w1");
        (first.Directive, first.Request).ShouldBe((Directive.Checkpoint, 1));
        run.Command(RunCommandKind.Checkpoint);
        run.Report("w1").Request.ShouldBe(1);
        run.Report("w2").Directive.ShouldBe(Directive.Continue, "one rank asks for all");
        run.Report("w1", r => r with { Checkpoints = [new CheckpointRecord { Step = 3, At = run.Now, Bytes = 1, WriteSeconds = 1, StallSeconds = 0 }] }).Directive.ShouldBe(Directive.Continue);
        run.State.Checkpoints.ShouldHaveSingleItem();
        run.State.Events[^1].Kind.ShouldBe(RunEventKind.CheckpointWritten);
    }

    [Fact]
    public void RunCompletes_WhenRankZeroAndAllOthersHaveFinished()
    {
        var run = new Scenario(steps: 5).Started(2);
        run.Train(5);
        run.Report("w2", r => r with { Finished = true });
        run.State.State.ShouldBe(RunState.Running);
        run.Report("w1", r => r with { Finished = true });
        run.State.State.ShouldBe(RunState.Completed);
        run.Report("w1").Directive.ShouldBe(Directive.Leave);
        run.Command(RunCommandKind.Resume);
        run.Last.Refusal.ShouldNotBeNull().ShouldContain("done all its 5 steps");
    }

    [Fact]
    public void RunFails_WhenAWorkerSaysThatItCannotGoOnAnywhere()
    {
        var run = new Scenario().Started(2);
        run.Report("w2", r => r with { FatalFailure = "data/train: there is no such folder." });
        run.State.State.ShouldBe(RunState.Failed);
        run.State.Reason.ShouldBe("data/train: there is no such folder");
        run.Report("w1").Reason.ShouldBe("data/train: there is no such folder");
    }

    [Fact]
    public void RunFails_WhenNoGenerationGetsAStepDone()
    {
        var run = new Scenario(max: 1, options: new RendezvousOptions { BarrenGenerations = 3 }).Started(1);
        for (var i = 0; i < 2; i++)
        {
            run.Report("w1", r => r with { GenerationFailure = "out of memory" });
            run.Join("w1");
            run.Pass(TimeSpan.FromSeconds(6), "w1");
            run.State.Generation.ShouldBe(i + 2);
        }

        run.Report("w1", r => r with { GenerationFailure = "out of memory" });
        run.State.State.ShouldBe(RunState.Failed);
        run.State.Reason.ShouldContain("in 3 generations in a row");
        run.State.Reason.ShouldContain("out of memory");
    }

    [Fact]
    public void WorkerIsHeldBack_WhenItKeepsFailing()
    {
        var run = new Scenario(max: 2).Started(2);
        run.Train(3);
        for (var i = 0; i < 3; i++)
        {
            run.Exit("w2");
            run.Pass(TimeSpan.FromSeconds(0.5));
            run.Join("w2", newProcess: true);
        }

        run.State.Worker("w2").ShouldNotBeNull().HeldUntil.ShouldNotBeNull().ShouldBeGreaterThan(run.Now);
        run.Report("w1");
        run.Join("w1");
        run.Pass(TimeSpan.FromSeconds(1), "w1", "w2");
        run.State.Members.ShouldHaveSingleItem().WorkerId.ShouldBe("w1");
        run.Join("w2").Reason.ShouldContain("held back after 3 failures");
    }

    [Fact]
    public void SuccessorIsNotBlamed_WhenTheParentSpeaksOfThePredecessor()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Exit("w2", pid: 4242);
        run.State.State.ShouldBe(RunState.Running);
    }

    [Fact]
    public void StepsAreTakenAgain_WhenAllWorkersWereLostAndTheCheckpointIsOlder()
    {
        var run = new Scenario().Started(2);
        run.Train(30);
        run.Exit("w1");
        run.Exit("w2");
        run.Join("w1", newProcess: true);
        run.Join("w2", newProcess: true);
        run.Join("w1").Plan.ShouldNotBeNull().Members.ShouldAllBe(m => m.CommittedStep == null);
        run.Join("w2");
        run.Report("w1", r => r with { Step = 20, State = WorkerState.Training });
        run.State.Step.ShouldBe(20);
        run.Report("w1", r => r with { Step = 21, Steps = [Make.Step(21, generation: 2)] });
        run.State.Step.ShouldBe(21);
        run.Last.Steps.ShouldHaveSingleItem().Step.ShouldBe(21);
        run.State.Events[^1].Text.ShouldBe("Goes on from step 20: steps 21 to 30 are done again.");
        run.Report("w1", r => r with { Step = 21, Steps = [Make.Step(21, generation: 2)] });
        run.Last.Steps.ShouldBeEmpty("the same record told again is no news");
    }

    [Fact]
    public void NewsIsTakenOnce_WhenAWorkerTellsItAgain()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        RunEvent News(long number, string text) => new() { Sequence = number, At = run.Now, Kind = RunEventKind.LossSpike, Step = 3, Text = text };
        var checkpoint = new CheckpointRecord { Step = 3, At = run.Now, Bytes = 1, WriteSeconds = 1, StallSeconds = 0 };
        run.Report("w1", r => r with { Events = [News(1, "a spike")], Checkpoints = [checkpoint] });
        run.Report("w1", r => r with { Events = [News(1, "a spike"), News(2, "another")], Checkpoints = [checkpoint] });
        run.Report("w2", r => r with { Events = [News(1, "seen by rank 1")], Checkpoints = [checkpoint] });

        run.State.Events.Where(e => e.Kind == RunEventKind.LossSpike).Select(e => e.Text).ShouldBe(["a spike", "another", "seen by rank 1"]);
        run.State.Events.Count(e => e.Kind == RunEventKind.CheckpointWritten).ShouldBe(1);

        run.Exit("w1");
        run.Join("w1", newProcess: true);
        run.Report("w2");
        run.Join("w2");
        run.Join("w1");
        run.Report("w1", r => r with { Events = [News(1, "of the next process")] });
        run.State.Events[^1].Text.ShouldBe("of the next process");
    }

    [Fact]
    public void StepsAreNotDemanded_WhileTrainingStandsForACheckpoint()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        for (var i = 0; i < 300; i++)
        {
            foreach (var worker in new[] { "w1", "w2" }) run.Report(worker, r => r with { State = WorkerState.Checkpointing });
            run.Pass(TimeSpan.FromSeconds(1));
        }

        run.State.State.ShouldBe(RunState.Running);
        run.Pass(TimeSpan.FromSeconds(50), "w1", "w2");
        run.State.State.ShouldBe(RunState.Running, "the wait for a step begins anew");
        run.Pass(TimeSpan.FromSeconds(20), "w1", "w2");
        run.State.State.ShouldNotBe(RunState.Running);
    }

    [Fact]
    public void WorkersGetTimeToComeBack_WhenTheCoordinatorWasRestarted()
    {
        var run = new Scenario().Started(2);
        run.Train(3);
        run.Apply(new MachineEvent.Restored());
        run.Pass(run.Options.Reconnect - TimeSpan.FromSeconds(1));
        run.State.State.ShouldBe(RunState.Running);
        run.Train(4);
        run.State.Step.ShouldBe(4);
        run.Pass(TimeSpan.FromSeconds(8));
        run.State.LiveMembers.ShouldBeEmpty();
        run.State.State.ShouldBe(RunState.Recovering);
        run.State.Reason.ShouldContain("waits for workers: 0 are here");
    }
}
