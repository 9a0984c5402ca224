using MammutScale.Contracts;

namespace MammutScale.Coordinator.Machine;

/// <summary>What people ask of a run. Each command may be given again and again.</summary>
internal static class Commanding
{
    public static void Apply(Draft draft, RunCommand command)
    {
        var state = draft.State;
        if (command.Kind == RunCommandKind.Resume) Resume(draft, command);
        else if (command.Kind == RunCommandKind.Checkpoint) RequestCheckpoint(draft, command);
        else if (state.IsOver) EndAgain(draft, command);
        else if (command.Kind == RunCommandKind.Pause && state.State == RunState.Paused || state.Intent?.Kind == command.Kind) return;
        else if (state.Intent?.Kind != RunCommandKind.Stop) Want(draft, command);
        else draft.Refusal = $"Run {state.Submission.RunId} is being stopped and cannot be paused.";
    }

    private static void EndAgain(Draft draft, RunCommand command)
    {
        var state = draft.State;
        if (command.Kind == RunCommandKind.Pause) draft.Refusal = $"Run {state.Submission.RunId} is over ({Name(state.State)}) and cannot be paused.";
    }

    private static void Want(Draft draft, RunCommand command)
    {
        draft.State = draft.State with { Intent = new Intent(command.Kind, command.By, draft.Now) };
        draft.Durable = draft.Changed = true;
        if (draft.State.State == RunState.Running)
            draft.Explain($"{(command.Kind == RunCommandKind.Stop ? "stopping" : "pausing")} by {command.By}: finishes the step and writes a checkpoint");
    }

    private static void Resume(Draft draft, RunCommand command)
    {
        var state = draft.State;
        switch (state.State)
        {
            case RunState.Completed:
                draft.Refusal = $"Run {state.Submission.RunId} has done all its {state.Submission.TotalSteps:N0} steps and cannot be resumed.";
                return;
            case RunState.Paused:
                draft.State = state with { Intent = null, Barren = 0 };
                draft.Enter(RunState.Gathering, "");
                break;
            case RunState.Stopped or RunState.Failed:
                draft.State = state with { Intent = null, Barren = 0, EndedAt = null, Members = [], Workers = state.Workers.Clear(), BadRowsOfGone = state.BadRowsOfGone + state.Workers.Values.Sum(w => w.BadRows) };
                draft.Enter(RunState.Queued, "waits for workers");
                break;
            default:
                if (state.Intent is not { Kind: RunCommandKind.Pause }) return;
                draft.State = state with { Intent = null };
                draft.Explain("");
                draft.Durable = true;
                if (draft.State.LiveMembers.Any(w => w.Waiting)) RunOutcomes.Recover(draft, $"resumed by {command.By} while pausing", planned: true);
                break;
        }

        draft.Tell(RunEventKind.Resumed, FormattableString.Invariant($"Resumed by {command.By} at step {draft.State.Step:N0}."));
    }

    private static void RequestCheckpoint(Draft draft, RunCommand command)
    {
        var state = draft.State;
        if (state.State != RunState.Running)
        {
            draft.Refusal = $"Run {state.Submission.RunId} is not running ({Name(state.State)}): there is nothing newer to write.";
            return;
        }

        if (state.CheckpointRequest is not null) return;
        var number = state.LastRequest + 1;
        draft.State = state with { LastRequest = number, CheckpointRequest = new CheckpointRequest(number, command.By, draft.Now, state.Step) };
        draft.Durable = draft.Changed = true;
    }

    private static string Name(RunState state) => state.ToString().ToLowerInvariant();
}
