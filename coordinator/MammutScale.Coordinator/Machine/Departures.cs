using MammutScale.Contracts;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Machine;

/// <summary>A worker goes: of its own accord, by its parent's word, or because nobody hears from it.</summary>
internal static class Departures
{
    public static void Departed(Draft draft, string workerId, string reason)
    {
        if (draft.State.Worker(workerId) is not { IsAlive: true } worker) return;
        var rank = draft.State.MemberOf(workerId)?.Rank;
        Remove(draft, worker, WorkerState.Left);
        draft.Tell(RunEventKind.WorkerLeft, Sentence($"{EventWording.Name(workerId, rank)} left", reason), rank);
        AfterLoss(draft, workerId, $"{EventWording.Name(workerId, rank)} left{(reason.Length > 0 ? $" ({EventWording.Clause(reason)})" : "")}", planned: worker.Leaving);
    }

    public static void Exited(Draft draft, WorkerExit exit)
    {
        var how = exit.ExitCode > 128 ? $"its process was ended by signal {exit.ExitCode - 128}" : $"its process ended with code {exit.ExitCode}";
        if (exit.Text.Length > 0) how += $" ({EventWording.Clause(exit.Text)})";
        var worker = draft.State.Worker(exit.WorkerId);
        if (worker is null)
        {
            if (exit.ExitCode != 0 && !draft.State.IsOver) draft.Tell(RunEventKind.WorkerLost, $"Worker {exit.WorkerId} never joined: {how}.");
            return;
        }

        if (!worker.IsAlive || worker.ProcessId != exit.ProcessId) return;
        if (exit.ExitCode == 0 || worker.Finished || draft.State.IsOver) Departed(draft, exit.WorkerId, "");
        else Lose(draft, worker, how);
    }

    public static void Lose(Draft draft, WorkerEntry worker, string how)
    {
        var rank = draft.State.MemberOf(worker.WorkerId)?.Rank;
        var name = EventWording.Name(worker.WorkerId, rank);
        var recent = worker.LastFailure is { } last && draft.Now - last < HoldBack.Memory;
        var failures = (recent ? worker.Failures : 0) + 1;
        var wait = HoldBack.After(failures);
        Remove(draft, worker with
        {
            Failures = failures,
            LastFailure = draft.Now,
            HeldUntil = wait > TimeSpan.Zero ? draft.Now + wait : null,
        }, WorkerState.Lost);
        draft.Tell(RunEventKind.WorkerLost, Sentence($"{name} was lost", how), rank);
        if (wait > TimeSpan.Zero)
            draft.Tell(RunEventKind.WorkerHeldBack, FormattableString.Invariant($"Worker {worker.WorkerId} failed {failures} times within {HoldBack.Memory.TotalMinutes:0} minutes: it may join again in {wait.TotalSeconds:0} s."));
        AfterLoss(draft, worker.WorkerId, $"{name} was lost: {how}", planned: false);
    }

    private static void Remove(Draft draft, WorkerEntry worker, WorkerState state)
    {
        draft.State = draft.State with { BadRowsOfGone = draft.State.BadRowsOfGone + worker.BadRows };
        draft.Put(worker with { State = state, Waiting = false, CommittedStep = null, BadRows = 0 });
        draft.Durable |= draft.State.MemberOf(worker.WorkerId) is not null;
    }

    private static void AfterLoss(Draft draft, string workerId, string reason, bool planned)
    {
        var state = draft.State;
        if (state.MemberOf(workerId) is null || state.IsOver) return;
        if (RunOutcomes.RankZeroFinished(state))
        {
            RunOutcomes.CompleteIfDone(draft);
            return;
        }

        // others have already come out at the boundary of the pause or stop: it can go on without the lost one
        if (RunOutcomes.BoundaryReached(state)) return;
        RunOutcomes.Recover(draft, reason, planned);
    }

    private static string Sentence(string what, string why)
        => why.Length == 0 ? $"{char.ToUpperInvariant(what[0])}{what[1..]}." : $"{char.ToUpperInvariant(what[0])}{what[1..]}: {EventWording.Clause(why)}.";
}
