using MammutScale.Contracts;

namespace MammutScale.Coordinator.Machine;

/// <summary>What the coordinator knows of one worker.</summary>
internal sealed record WorkerEntry
{
    public required string WorkerId { get; init; }
    public required string Host { get; init; }
    public required int ProcessId { get; init; }
    public required string Endpoint { get; init; }

    /// <summary>New for every process of this name.</summary>
    public string Incarnation { get; init; } = "";
    public required WorkerState State { get; init; }
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>It is here for the next generation and asks again and again.</summary>
    public bool Waiting { get; init; }
    public DateTimeOffset Since { get; init; }

    /// <summary>Steps committed by the state in its memory; null when it holds none.</summary>
    public long? CommittedStep { get; init; }
    public long Step { get; init; }
    public PhaseSeconds Phases { get; init; } = new();
    public long ResidentBytes { get; init; }
    public long BadRows { get; init; }

    /// <summary>Events of this process that were taken.</summary>
    public long EventsTaken { get; init; }

    /// <summary>It has done all steps of the run.</summary>
    public bool Finished { get; init; }

    /// <summary>It has been asked to go and leaves at the next boundary.</summary>
    public bool Leaving { get; init; }
    public int Failures { get; init; }
    public DateTimeOffset? LastFailure { get; init; }
    public DateTimeOffset? HeldUntil { get; init; }

    public bool IsAlive => State is not (WorkerState.Lost or WorkerState.Left);

    /// <summary>It does what takes long and commits no step: no step is waited for.</summary>
    public bool IsBusy => State is WorkerState.Evaluating or WorkerState.Checkpointing;

    public bool IsHeld(DateTimeOffset now) => HeldUntil > now;
}
