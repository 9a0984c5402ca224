using MammutScale.Contracts;

namespace MammutScale.Coordinator.Machine;

/// <summary>A worker is here for the next generation; it says so again and again until it gets a plan.</summary>
internal static class Arrivals
{
    public static void Apply(Draft draft, WorkerHello hello)
    {
        if (draft.State.IsOver) return;
        var known = draft.State.Worker(hello.WorkerId);
        if (known is { IsAlive: true } && (known.ProcessId != hello.ProcessId || known.Incarnation != hello.Incarnation))
        {
            Departures.Lose(draft, known, "another process came under its name");
            known = draft.State.Worker(hello.WorkerId);
        }

        if (hello.Generation > draft.State.Generation)
        {
            // our stored state is behind what workers have lived through: catch up, so that the next number is new to everyone
            draft.State = draft.State with { Generation = hello.Generation, Members = [] };
            RunOutcomes.Recover(draft, "the coordinator's stored state was older than the workers'", planned: false);
            draft.Durable = true;
        }

        var state = draft.State;
        var member = state.MemberOf(hello.WorkerId);
        var hasNotEntered = known is { IsAlive: true, Waiting: false } && member is not null && hello.Generation < state.Generation;
        if (hasNotEntered && state.State == RunState.Running)
        {
            // the answer with the plan was lost, or this is the question that it answers
            draft.Put(known! with { LastSeen = draft.Now });
            return;
        }

        var first = known is not { IsAlive: true };
        draft.Put((known ?? Fresh(hello, draft.Now)) with
        {
            Host = hello.Host,
            ProcessId = hello.ProcessId,
            Incarnation = hello.Incarnation,
            Endpoint = hello.Endpoint,
            CommittedStep = hello.CommittedStep,
            State = state.State == RunState.Paused ? WorkerState.Paused : WorkerState.Joining,
            Waiting = true,
            Leaving = false,
            Since = known is { IsAlive: true, Waiting: true } ? known.Since : draft.Now,
            LastSeen = draft.Now,
            BadRows = first ? 0 : known!.BadRows,
            EventsTaken = known is not null && known.Incarnation == hello.Incarnation ? known.EventsTaken : 0,
        });
        if (first) draft.Tell(RunEventKind.WorkerJoined, $"Worker {hello.WorkerId} joined from {hello.Host}.");
        var cameOut = member is not null && hello.Generation == state.Generation && known is { Waiting: false };
        if (cameOut && state.State == RunState.Running && state.Intent is null && !RunOutcomes.RankZeroFinished(state))
            RunOutcomes.Recover(draft, $"{EventWording.Name(hello.WorkerId, member!.Rank)} left the generation", planned: false);
    }

    private static WorkerEntry Fresh(WorkerHello hello, DateTimeOffset now) => new()
    {
        WorkerId = hello.WorkerId,
        Host = hello.Host,
        ProcessId = hello.ProcessId,
        Endpoint = hello.Endpoint,
        State = WorkerState.Joining,
        LastSeen = now,
    };
}
