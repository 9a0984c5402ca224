using MammutScale.Contracts;
using MammutScale.Coordinator.Machine;
using MammutScale.Coordinator.Metrics;

namespace MammutScale.Coordinator.Runs;

/// <summary>A run at one moment, as people see it.</summary>
internal static class Snapshots
{
    private const int EventsShown = 100;

    public static RunSnapshot Of(MachineState state, Speed speed, GoodputLedger goodput, long sequence, DateTimeOffset now) => new()
    {
        Sequence = sequence,
        Submission = state.Submission,
        State = state.State,
        StateSince = state.StateSince,
        Reason = state.Reason,
        Generation = state.Generation,
        StartedAt = state.StartedAt,
        Now = now,
        Step = state.Step,
        SamplesPerSecond = speed.SamplesPerSecond,
        SecondsLeft = state.IsOver ? null : speed.SecondsLeft(state.Submission.TotalSteps - state.Step),
        Restarts = state.Restarts,
        Latest = state.Latest,
        Workers = [.. state.Workers.Values.Select(w => View(state, w)).OrderBy(w => w.Rank < 0).ThenBy(w => w.Rank).ThenBy(w => w.WorkerId, StringComparer.Ordinal)],
        Checkpoints = state.Checkpoints,
        Evaluations = state.Evaluations,
        Events = state.Events.Length > EventsShown ? state.Events[^EventsShown..] : state.Events,
        Sources = state.Sources,
        BadRows = state.BadRowsOfGone + state.Workers.Values.Sum(w => w.BadRows),
        Goodput = goodput.Read(),
        EndedAt = state.EndedAt,
        Pending = Pending(state),
    };

    private static WorkerView View(MachineState state, WorkerEntry worker)
    {
        var member = worker.IsAlive && !worker.Waiting ? state.MemberOf(worker.WorkerId) : null;
        return new WorkerView
        {
            WorkerId = worker.WorkerId,
            Rank = member?.Rank ?? -1,
            Host = worker.Host,
            ProcessId = worker.ProcessId,
            State = worker.State,
            FirstLane = member?.FirstLane ?? 0,
            LaneCount = member?.LaneCount ?? 0,
            Step = worker.Step,
            LastSeen = worker.LastSeen,
            Phases = worker.Phases,
            ResidentBytes = worker.ResidentBytes,
            BadRows = worker.BadRows,
        };
    }

    private static PendingCommand? Pending(MachineState state)
    {
        if (state.Intent is { } intent)
        {
            return new PendingCommand
            {
                Kind = intent.Kind,
                By = intent.By,
                At = intent.At,
                Acknowledged = [.. state.Workers.Values.Where(w => w.Waiting || w.State is WorkerState.Paused or WorkerState.Left && state.MemberOf(w.WorkerId) is not null).Select(w => w.WorkerId)],
            };
        }

        return state.CheckpointRequest is { } request
            ? new PendingCommand { Kind = RunCommandKind.Checkpoint, By = request.By, At = request.At, Acknowledged = [] }
            : null;
    }
}
