using MammutScale.Contracts;

namespace MammutScale.Coordinator.Machine;

/// <summary>What time alone brings about: silence, standstill, forgetting.</summary>
internal static class Ticking
{
    private static readonly TimeSpan GoneShown = TimeSpan.FromMinutes(10);

    public static void Apply(Draft draft)
    {
        ForgiveOwnStall(draft);
        draft.State = draft.State with { LastTick = draft.Now };
        if (draft.State.IsOver) return;
        foreach (var worker in draft.State.Workers.Values.Where(w => w.IsAlive).ToList()) CheckSilence(draft, worker);
        CheckProgress(draft);
        foreach (var gone in draft.State.Workers.Values.Where(w => !w.IsAlive && draft.Now - w.LastSeen > GoneShown && !w.IsHeld(draft.Now)).ToList())
        {
            draft.State = draft.State with { Workers = draft.State.Workers.Remove(gone.WorkerId) };
            draft.Changed = true;
        }
    }

    /// <summary>A started coordinator has heard nothing yet: everyone gets the time to find it.</summary>
    public static void Restored(Draft draft)
    {
        var grace = draft.Now + draft.Options.Reconnect;
        Shift(draft, _ => grace);
        draft.State = draft.State with { LastTick = draft.Now, ProgressAt = draft.Now };
        draft.Durable = draft.Changed = true;
    }

    /// <summary>If we slept (suspended, swapped out), the silence was ours.</summary>
    private static void ForgiveOwnStall(Draft draft)
    {
        if (draft.State.LastTick is not { } last || draft.Now - last <= draft.Options.OwnStall) return;
        var gap = draft.Now - last;
        Shift(draft, seen => seen + gap);
        draft.State = draft.State with { ProgressAt = draft.State.ProgressAt + gap };
    }

    private static void Shift(Draft draft, Func<DateTimeOffset, DateTimeOffset> seen)
    {
        var workers = draft.State.Workers;
        foreach (var (id, worker) in workers.Where(w => w.Value.IsAlive)) workers = workers.SetItem(id, worker with { LastSeen = seen(worker.LastSeen) });
        draft.State = draft.State with { Workers = workers };
    }

    private static void CheckSilence(Draft draft, WorkerEntry worker)
    {
        // an earlier loss in this tick may have ended the run
        if (draft.State.IsOver) return;
        var options = draft.Options;
        var silence = draft.Now - worker.LastSeen;
        var limit = worker.State switch
        {
            WorkerState.Starting => options.StartingHeartbeat,
            WorkerState.Evaluating => options.EvaluatingHeartbeat,
            _ => options.Heartbeat,
        };
        if (silence > limit)
        {
            Departures.Lose(draft, worker, FormattableString.Invariant($"nothing was heard from it for {silence.TotalSeconds:0.0} s"));
            return;
        }

        var late = draft.State.State == RunState.Recovering && !worker.Waiting && draft.State.MemberOf(worker.WorkerId) is not null;
        var patience = options.Rejoin + (draft.State.Planned ? draft.State.Pace.Limit(options) : TimeSpan.Zero);
        if (late && draft.Now - draft.State.StateSince > patience)
            Departures.Lose(draft, worker, FormattableString.Invariant($"it did not come to the next generation within {patience.TotalSeconds:0} s"));
    }

    private static void CheckProgress(Draft draft)
    {
        var state = draft.State;
        if (state.State != RunState.Running || state.Intent is not null) return;
        var still = draft.Now - state.ProgressAt;
        var busy = state.Step >= state.Submission.TotalSteps || state.LiveMembers.Any(w => w.Finished || w.IsBusy);
        var limit = busy ? draft.Options.Evaluation
            : state.Step <= state.StepAtFormation ? draft.Options.FirstStep
            : state.Pace.Limit(draft.Options);
        if (still <= limit) return;
        var reason = FormattableString.Invariant($"no step was committed for {still.TotalSeconds:0} s (limit {limit.TotalSeconds:0} s)");
        draft.Tell(RunEventKind.GenerationFailed, $"Generation {state.Generation} ended: {reason}.");
        RunOutcomes.Recover(draft, reason, planned: false);
    }
}
