using MammutScale.Coordinator.Machine;
using MammutScale.Coordinator.Metrics;

namespace MammutScale.Coordinator.Runs;

/// <summary>What the store keeps of a run's coordination; the step history lies beside it.</summary>
internal sealed class RunDocument
{
    public MachineState? Machine { get; set; }

    public GoodputState? Goodput { get; set; }
}

/// <summary>What the store keeps of the list of runs.</summary>
internal sealed class RunsDocument
{
    public List<string> Ids { get; set; } = [];
}
