using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using MammutScale.Contracts;
using MammutScale.Coordinator.Machine;
using MammutScale.Coordinator.Persistence;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Tests.Machine;

/// <summary>Whatever happens in whatever order, some things always hold.</summary>
public sealed class RunMachinePropertyTests
{
    private static readonly HashSet<(RunState, RunState)> Edges =
    [
        (RunState.Queued, RunState.Gathering), (RunState.Queued, RunState.Running), (RunState.Queued, RunState.Paused), (RunState.Queued, RunState.Stopped),
        (RunState.Gathering, RunState.Running), (RunState.Gathering, RunState.Paused), (RunState.Gathering, RunState.Stopped),
        (RunState.Running, RunState.Recovering), (RunState.Running, RunState.Paused), (RunState.Running, RunState.Completed), (RunState.Running, RunState.Failed), (RunState.Running, RunState.Stopped),
        (RunState.Recovering, RunState.Running), (RunState.Recovering, RunState.Paused), (RunState.Recovering, RunState.Completed), (RunState.Recovering, RunState.Failed), (RunState.Recovering, RunState.Stopped),
        (RunState.Paused, RunState.Gathering), (RunState.Paused, RunState.Running), (RunState.Paused, RunState.Stopped),
        (RunState.Failed, RunState.Queued), (RunState.Stopped, RunState.Queued),
    ];

    private static readonly Gen<(int What, int Who, int More)> Happening = Gen.Select(Gen.Int[0, 15], Gen.Int[1, 5], Gen.Int[0, 9]);

    [Fact]
    public void InvariantsHold_WhenAnythingHappensInAnyOrder()
    {
        Gen.Select(Happening.List[1, 80], Gen.Int[1, 3], Gen.Int[0, 3], Gen.Int[1, 9]).Sample((story, min, extra, lanes) =>
        {
            var run = new Scenario(Math.Min(min, lanes), min + extra, lanes, steps: 12, new RendezvousOptions { BarrenGenerations = 4 });
            foreach (var (what, who, more) in story)
            {
                var before = run.State;
                Happen(run, what, $"w{who}", more);
                Check(before, run);
            }
        }, iter: 400);
    }

    [Fact]
    public void StateIsTheSame_WhenItWasStoredAndRead()
    {
        Happening.List[1, 60].Sample(story =>
        {
            var run = new Scenario(1, 3, 5, steps: 12);
            foreach (var (what, who, more) in story) Happen(run, what, $"w{who}", more);
            var stored = JsonSerializer.Serialize(run.State, StoreJson.Options);
            var read = JsonSerializer.Deserialize<MachineState>(stored, StoreJson.Options)!;
            JsonSerializer.Serialize(read, StoreJson.Options).ShouldBe(stored);
            read.Secret.ShouldBe(run.State.Secret);
            read.Workers.Count.ShouldBe(run.State.Workers.Count);
        }, iter: 100);
    }

    private static void Happen(Scenario run, int what, string who, int more)
    {
        var known = run.State.Worker(who) is not null;
        switch (what)
        {
            case 0 or 1 or 2:
                run.Join(who, newProcess: more == 0);
                break;
            case 3 or 4 or 5 when known:
                run.Train(run.State.Step + more % 3);
                break;
            case 6 when known:
                var before = run.State;
                run.Report(who, r => r with { Generation = run.State.Generation - 1 - more % 2, Step = 999, Steps = [Make.Step(999, run.State.Generation - 1)], FatalFailure = "old", Finished = true });
                Holds(run.State.Step == before.Step && run.State.Latest == before.Latest && run.Last.Steps.Count == 0, "an older generation tells nothing");
                Holds(run.State.Members == before.Members && run.State.State == before.State, "an older generation moves nothing");
                break;
            case 7 when known:
                run.Report(who, r => r with { GenerationFailure = "peer gone", FailedRank = more % 2 });
                break;
            case 8 when known:
                run.Exit(who, more % 3 == 0 ? 0 : 137);
                break;
            case 9:
                run.Apply(new MachineEvent.Departed(who, "preempted"));
                break;
            case 10:
                run.Pass(TimeSpan.FromSeconds(more * 0.3));
                break;
            case 11:
                run.Pass(TimeSpan.FromSeconds(more), [.. run.State.Workers.Values.Where(w => w.IsAlive).Select(w => w.WorkerId)]);
                break;
            case 12:
                run.Command((RunCommandKind)(more % 4));
                break;
            case 13 when known:
                run.Report(who, r => r with { Finished = true, Step = 12, State = more % 2 == 0 ? WorkerState.Evaluating : WorkerState.Training });
                break;
            case 14:
                run.Apply(new MachineEvent.Restored());
                break;
            case 15 when known && more == 0:
                run.Report(who, r => r with { FatalFailure = "no data" });
                break;
        }
    }

    private static void Check(MachineState before, Scenario run)
    {
        var state = run.State;
        Holds(state.Generation >= before.Generation, "generations only grow");
        if (run.FormedLast) Holds(run.Last.Durable, "a generation is stored before anyone hears of it");
        if (state.Generation == before.Generation && state.State == RunState.Running && before.State == RunState.Running)
            Holds(state.Members == before.Members, "members of a generation are fixed");
        if (state.State == RunState.Running) CheckSeats(state);
        Holds((state.EndedAt is not null) == state.IsOver, "an end has a time");
        for (var i = 1; i < state.Events.Length; i++) Holds(state.Events[i].Sequence > state.Events[i - 1].Sequence, "events are in order");
        foreach (var worker in state.Workers.Values)
        {
            if (Orders.For(state, worker.WorkerId, state.Generation - 1).Plan is not { } plan) continue;
            Holds(plan.Generation == state.Generation, "there is one generation at a time");
            Holds(plan.Members.Any(m => m.WorkerId == worker.WorkerId), "only members get the plan");
            Holds(plan.Secret.AsSpan().SequenceEqual(GenerationSecret.Of(state.Secret, state.Generation)), "the secret is the generation's");
        }
    }

    private static void CheckSeats(MachineState state)
    {
        var members = state.Members;
        Holds(members.Length >= 1 && members.Length <= state.Capacity, "as many members as places");
        Holds(members.Select(m => m.Rank).SequenceEqual(Enumerable.Range(0, members.Length)), "ranks are dense");
        Holds(members.Select(m => m.WorkerId).Distinct().Count() == members.Length, "nobody has two ranks");
        Holds(members.SelectMany(m => Enumerable.Range(m.FirstLane, m.LaneCount)).SequenceEqual(Enumerable.Range(0, state.Submission.Lanes)), "every lane is read exactly once");
        Holds(members.Max(m => m.LaneCount) - members.Min(m => m.LaneCount) <= 1, "lanes are shared evenly");
        Holds((members[0].CommittedStep ?? -1) == members.Max(m => m.CommittedStep ?? -1), "rank 0 is the most advanced");
    }

    /// <summary>Cheap, unlike an assertion library's message: it runs a hundred thousand times.</summary>
    private static void Holds(bool condition, string rule)
    {
        if (!condition) throw new Xunit.Sdk.XunitException($"does not hold: {rule}");
    }

    [Fact]
    public void StateMovesOnlyAlongAllowedEdges_WhenAnythingHappensInAnyOrder()
    {
        Happening.List[1, 80].Sample(story =>
        {
            var machine = new EdgeCheck(new Scenario(2, 3, 7, steps: 12, new RendezvousOptions { BarrenGenerations = 4 }));
            foreach (var (what, who, more) in story) machine.Step(run => Happen(run, what, $"w{who}", more));
        }, iter: 200);
    }

    /// <summary>A happening may hold several events: the edges are read from the states between them.</summary>
    private sealed class EdgeCheck(Scenario run)
    {
        public void Step(Action<Scenario> happen)
        {
            var seen = ImmutableArray.CreateBuilder<RunState>();
            seen.Add(run.State.State);
            run.Seen = seen.Add;
            happen(run);
            for (var i = 1; i < seen.Count; i++)
            {
                if (seen[i] != seen[i - 1]) Holds(Edges.Contains((seen[i - 1], seen[i])), $"{seen[i - 1]} may not become {seen[i]}");
            }
        }
    }
}
