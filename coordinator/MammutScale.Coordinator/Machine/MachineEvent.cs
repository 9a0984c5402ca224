using MammutScale.Contracts;

namespace MammutScale.Coordinator.Machine;

/// <summary>What can happen to a run.</summary>
internal abstract record MachineEvent
{
    private MachineEvent()
    {
    }

    /// <summary>The run has just been made known.</summary>
    public sealed record Begun : MachineEvent;

    public sealed record Greeted(WorkerHello Hello) : MachineEvent;

    public sealed record Reported(WorkerReport Report) : MachineEvent;

    /// <summary>A worker goes of its own accord.</summary>
    public sealed record Departed(string WorkerId, string Reason) : MachineEvent;

    /// <summary>A parent says that its worker's process ended.</summary>
    public sealed record ProcessEnded(WorkerExit Exit) : MachineEvent;

    public sealed record Commanded(RunCommand Command) : MachineEvent;

    /// <summary>Time has passed.</summary>
    public sealed record Ticked : MachineEvent;

    /// <summary>The coordinator was started again and has read this state.</summary>
    public sealed record Restored : MachineEvent;
}
