using MammutScale.Contracts;

namespace MammutScale.Coordinator.Machine;

/// <summary>What came of an event.</summary>
/// <param name="Durable">The new state fences something (a generation, a command, an end): it must be stored before anyone hears of it.</param>
/// <param name="Changed">There is news for those who watch.</param>
/// <param name="Steps">Records to take into the history.</param>
/// <param name="Refusal">Why a command is refused; the state is then unchanged.</param>
internal sealed record Transition(MachineState State, bool Durable, bool Changed, IReadOnlyList<StepRecord> Steps, string? Refusal);
