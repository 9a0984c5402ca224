using MammutScale.Contracts;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Machine;

/// <summary>After every event: does who is there now make the run move on?</summary>
internal static class Muster
{
    public static void Settle(Draft draft)
    {
        if (draft.State.Intent is not null) FollowIntent(draft);
        if (draft.State.State == RunState.Queued && Ready(draft).Count > 0) draft.Enter(RunState.Gathering, "");
        if (draft.State.State is RunState.Gathering or RunState.Recovering) TryForm(draft);
        else if (draft.State.State == RunState.Running) TryGrow(draft);
    }

    private static List<Candidate> Ready(Draft draft)
    {
        var state = draft.State;
        return [.. state.Workers.Values
            .Where(w => w.Waiting && w.IsAlive && !w.IsHeld(draft.Now))
            .Select(w => new Candidate(w.WorkerId, w.Endpoint, w.CommittedStep, state.MemberOf(w.WorkerId)?.Rank ?? -1, w.Since))];
    }

    private static void TryForm(Draft draft)
    {
        var state = draft.State;
        var ready = Ready(draft);
        var missing = state.State == RunState.Recovering ? state.LiveMembers.Count(w => !w.Waiting) : 0;
        // a pause or stop under way only needs those who hold the state
        var needed = state.Intent is null ? state.Submission.MinWorkers : 1;
        if (missing == 0 && ready.Count >= needed && Settled(draft, ready))
        {
            RunOutcomes.Form(draft, ready);
            return;
        }

        if (missing > 0 || state.State == RunState.Recovering && !Overdue(draft)) return;
        draft.Explain(ready.Count >= needed
            ? $"{EventWording.Workers(ready.Count)} of at most {state.Capacity} here; starts when nobody else comes"
            : $"waits for workers: {ready.Count} {(ready.Count == 1 ? "is" : "are")} here, at least {needed} {(needed == 1 ? "is" : "are")} needed");
    }

    /// <summary>The reason of a recovery stays in sight for a moment before it gives way to what it waits for.</summary>
    private static bool Overdue(Draft draft) => draft.Now - draft.State.StateSince > TimeSpan.FromSeconds(2);

    private static bool Settled(Draft draft, List<Candidate> ready)
    {
        if (ready.Count >= draft.State.Capacity) return true;
        var survivors = ready.Exists(c => c.CommittedStep is not null);
        return draft.Now - ready.Max(c => c.Since) >= (survivors ? draft.Options.RecoverySettle : draft.Options.InitialSettle);
    }

    /// <summary>New workers join at a step boundary, once the generation has shown that it works.</summary>
    private static void TryGrow(Draft draft)
    {
        var state = draft.State;
        if (state.Intent is not null || state.Step <= state.StepAtFormation || state.Submission.TotalSteps - state.Step < 2) return;
        var members = state.LiveMembers.ToList();
        if (members.Count >= state.Capacity || members.Exists(w => w.Finished || w.State == WorkerState.Evaluating)) return;
        var newcomers = Ready(draft).Where(c => state.MemberOf(c.WorkerId) is null).Select(c => c.WorkerId).ToList();
        if (newcomers.Count > 0) RunOutcomes.Recover(draft, $"{string.Join(" and ", newcomers)} {(newcomers.Count == 1 ? "joins" : "join")}", planned: true);
    }

    private static void FollowIntent(Draft draft)
    {
        var state = draft.State;
        var intent = state.Intent!;
        var done = state.State switch
        {
            RunState.Queued or RunState.Gathering or RunState.Paused => true,
            RunState.Running => state.LiveMembers.All(w => w.Waiting),
            RunState.Recovering => !state.Workers.Values.Any(w => w.IsAlive && (w.CommittedStep is not null || !w.Waiting)),
            _ => false,
        };
        if (!done && draft.Now - intent.At <= draft.Options.CommandGrace) return;
        draft.State = draft.State with { Intent = null, CheckpointRequest = null };
        if (intent.Kind == RunCommandKind.Stop)
        {
            RunOutcomes.End(draft, RunState.Stopped, $"by {intent.By}");
            return;
        }

        draft.Enter(RunState.Paused, $"by {intent.By}");
        draft.Tell(RunEventKind.Paused, FormattableString.Invariant($"Paused by {intent.By} at step {draft.State.Step:N0}."));
    }
}
