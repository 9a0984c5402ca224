using MammutScale.Contracts;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Machine;

/// <summary>What a worker has to do, read off the state.</summary>
internal static class Orders
{
    /// <param name="generation">The generation that the worker is in or comes from.</param>
    public static WorkerOrders For(MachineState state, string workerId, int generation)
    {
        if (state.IsOver) return Order(Directive.Leave, state.Reason.Length > 0 ? state.Reason : $"the run is {state.State.ToString().ToLowerInvariant()}");
        if (state.Worker(workerId) is not { IsAlive: true } worker) return Order(Directive.Regroup, "the coordinator does not know this worker (any more)");
        var member = state.MemberOf(workerId);
        if (worker.Waiting) return Order(Directive.Wait, WaitReason(state, worker, member is not null));
        if (member is null) return Order(Directive.Regroup, $"generation {state.Generation} goes on without this worker");
        // nobody stays who could hand the state on: it goes to a checkpoint
        if (state.Planned && state.LiveMembers.All(w => w.Leaving)) return Order(Directive.Pause, "all workers were asked to go");
        if (state.State != RunState.Running) return new WorkerOrders { Directive = Directive.Regroup, Reason = state.Reason, AtBoundary = state.Planned };
        if (generation != state.Generation) return new WorkerOrders { Directive = Directive.Regroup, Plan = Plan(state) };
        return state.Intent is { } intent
            ? Order(intent.Kind == RunCommandKind.Stop ? Directive.Stop : Directive.Pause, $"by {intent.By}")
            // one rank asks, or ranks that ask at different boundaries would write two
            : state.CheckpointRequest is { } request && member.Rank == 0
            ? new WorkerOrders { Directive = Directive.Checkpoint, Reason = $"by {request.By}", Request = request.Number }
            : Order(Directive.Continue, "");
    }

    private static GenerationPlan Plan(MachineState state) => new()
    {
        Generation = state.Generation,
        Members = state.Members,
        Secret = GenerationSecret.Of(state.Secret, state.Generation),
        Run = state.Submission,
        RecordedStep = state.Latest?.Step ?? 0,
    };

    private static string WaitReason(MachineState state, WorkerEntry worker, bool isMember)
        => worker.HeldUntil is { } until && until > worker.LastSeen ? FormattableString.Invariant($"held back after {worker.Failures} failures until {until:HH:mm:ss} UTC")
            : state.State == RunState.Running && !isMember && state.LiveMembers.Count() >= state.Capacity ? $"all {state.Capacity} places are taken"
            : state.State == RunState.Running ? "joins at a step boundary"
            : state.Reason;

    private static WorkerOrders Order(Directive directive, string reason) => new() { Directive = directive, Reason = reason };
}
