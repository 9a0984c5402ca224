using System.Diagnostics;
using MammutScale.Contracts;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Machine;

/// <summary>
/// The run as a pure function: (state, event, time) → next state. Queued → Gathering → Running(g) → Recovering → Running(g+1) …
/// → Paused | Completed | Failed | Stopped. It reads no clock, no network, no store.
/// </summary>
internal sealed class RunMachine(RendezvousOptions options)
{
    public Transition Apply(MachineState state, MachineEvent happened, DateTimeOffset now)
    {
        var draft = new Draft(state, now, options);
        switch (happened)
        {
            case MachineEvent.Begun:
                draft.State = state with { Reason = "waits for workers" };
                draft.Tell(RunEventKind.Submitted, FormattableString.Invariant($"Submitted: {state.Submission.TotalSteps:N0} steps of {state.Submission.GlobalBatch:N0} samples."));
                draft.Durable = true;
                break;
            case MachineEvent.Greeted(var hello):
                Arrivals.Apply(draft, hello);
                break;
            case MachineEvent.Reported(var report):
                Reporting.Apply(draft, report);
                break;
            case MachineEvent.Departed(var workerId, var reason):
                Departures.Departed(draft, workerId, reason);
                break;
            case MachineEvent.ProcessEnded(var exit):
                Departures.Exited(draft, exit);
                break;
            case MachineEvent.Commanded(var command):
                Commanding.Apply(draft, command);
                break;
            case MachineEvent.Ticked:
                Ticking.Apply(draft);
                break;
            case MachineEvent.Restored:
                Ticking.Restored(draft);
                break;
            default:
                throw new UnreachableException($"no rule for {happened.GetType().Name}");
        }

        if (draft.Refusal is not null) return new Transition(state, false, false, [], draft.Refusal);
        Muster.Settle(draft);
        return new Transition(draft.State, draft.Durable, draft.Changed, draft.Steps, null);
    }
}
