using MammutScale.Contracts;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Machine;

/// <summary>The moves between states that several rules share.</summary>
internal static class RunOutcomes
{
    /// <summary>The running generation is over; the next one forms with who is there.</summary>
    /// <param name="planned">The coordinator wants it and nobody is dead: no step is lost.</param>
    public static void Recover(Draft draft, string reason, bool planned)
    {
        var state = draft.State;
        if (state.State == RunState.Recovering)
        {
            if (planned || !state.Planned) return;
            draft.State = state with { Planned = false, Restarts = state.Restarts + 1, Reason = reason, StateSince = draft.Now };
            draft.Durable = draft.Changed = true;
            return;
        }

        if (state.State != RunState.Running) return;
        var barren = planned || state.Step > state.StepAtFormation ? 0 : state.Barren + 1;
        draft.State = state with { Planned = planned, Barren = barren, Restarts = state.Restarts + (planned ? 0 : 1) };
        if (barren >= draft.Options.BarrenGenerations)
        {
            End(draft, RunState.Failed, $"no step could be committed in {barren} generations in a row; the last one ended because {reason}");
            return;
        }

        draft.Enter(RunState.Recovering, reason);
    }

    public static void Form(Draft draft, IReadOnlyCollection<Candidate> candidates)
    {
        var state = draft.State;
        var generation = state.Generation + 1;
        var members = Seating.Seat(candidates, state.Capacity, state.Submission.Lanes);
        var workers = state.Workers.ToBuilder();
        foreach (var member in members)
        {
            workers[member.WorkerId] = workers[member.WorkerId] with { Waiting = false, Finished = false, State = WorkerState.Starting, LastSeen = draft.Now };
        }

        var took = (draft.Now - state.StateSince).TotalSeconds;
        draft.State = state with
        {
            Generation = generation,
            Members = members,
            Workers = workers.ToImmutable(),
            Planned = false,
            StepAtFormation = state.Step,
            ProgressAt = draft.Now,
        };
        draft.Enter(RunState.Running, "");
        var who = string.Join(", ", members.Select(m => $"{m.WorkerId} reads lanes {m.FirstLane}–{m.FirstLane + m.LaneCount - 1}"));
        draft.Tell(RunEventKind.GenerationFormed,
            FormattableString.Invariant($"Generation {generation} with {EventWording.Workers(members.Length)} after {took:0.0} s: {who}."));
    }

    public static void End(Draft draft, RunState state, string reason)
    {
        draft.State = draft.State with { EndedAt = draft.Now, Intent = null, CheckpointRequest = null, Planned = false };
        draft.Enter(state, reason);
        var step = FormattableString.Invariant($"{draft.State.Step:N0}");
        var (kind, text) = state switch
        {
            RunState.Completed => (RunEventKind.Completed, $"Completed {step} steps."),
            RunState.Stopped => (RunEventKind.Stopped, $"Stopped at step {step}: {reason}."),
            _ => (RunEventKind.Failed, $"Failed at step {step}: {reason}."),
        };
        draft.Tell(kind, text);
    }

    /// <summary>Done when rank 0 has finished (its end work is the run's) and nobody is still at it.</summary>
    public static void CompleteIfDone(Draft draft)
    {
        var state = draft.State;
        if (state.State is not (RunState.Running or RunState.Recovering) || !RankZeroFinished(state)) return;
        if (state.LiveMembers.All(w => w.Finished)) End(draft, RunState.Completed, "");
    }

    /// <summary>A pause or stop is under way and some have already come out at its step boundary.</summary>
    public static bool BoundaryReached(MachineState state) => state.Intent is { } intent && state.Members
        .Select(m => state.Worker(m.WorkerId))
        .Any(w => w is { Waiting: true } || intent.Kind == RunCommandKind.Stop && w is { State: WorkerState.Left });

    public static bool RankZeroFinished(MachineState state) => state.Members.Length > 0 && state.Worker(state.Members[0].WorkerId) is { Finished: true };
}
