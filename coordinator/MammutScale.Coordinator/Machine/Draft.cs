using MammutScale.Contracts;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Machine;

/// <summary>The next state while the rules of one event work on it.</summary>
internal sealed class Draft(MachineState state, DateTimeOffset now, RendezvousOptions options)
{
    private const int EventsKept = 500;

    public MachineState State { get; set; } = state;

    public DateTimeOffset Now { get; } = now;

    public RendezvousOptions Options { get; } = options;

    public bool Durable { get; set; }

    public bool Changed { get; set; }

    public List<StepRecord> Steps { get; } = [];

    public string? Refusal { get; set; }

    public void Put(WorkerEntry worker)
    {
        State = State with { Workers = State.Workers.SetItem(worker.WorkerId, worker) };
        Changed = true;
    }

    /// <summary>Goes to another state: stored before it is told.</summary>
    public void Enter(RunState next, string reason)
    {
        State = State with { State = next, StateSince = Now, Reason = reason };
        Durable = Changed = true;
    }

    public void Explain(string reason)
    {
        if (State.Reason == reason) return;
        State = State with { Reason = reason };
        Changed = true;
    }

    public void Tell(RunEventKind kind, string text, int? rank = null, long? step = null)
    {
        // grows across restarts of the coordinator although not every event is stored at once
        var last = State.Events.IsEmpty ? 0 : State.Events[^1].Sequence;
        var told = new RunEvent
        {
            Sequence = Math.Max(last + 1, Now.ToUnixTimeMilliseconds()),
            At = Now,
            Kind = kind,
            Step = step ?? State.Step,
            Text = text,
            Rank = rank,
        };
        var events = State.Events.Add(told);
        State = State with { Events = events.Length > EventsKept ? events[^EventsKept..] : events };
        Changed = true;
    }
}
