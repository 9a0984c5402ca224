using System.CommandLine;

namespace MammutScale.Cli.Commands;

/// <summary>Every command of `mammut`, in the order of the help.</summary>
internal static class AllCommands
{
    public static IEnumerable<Command> Create() =>
    [
        QuickstartCommand.Create(),
        TrainCommand.Create(),
        HostCommands.Coordinator(),
        HostCommands.Worker(),
        HostCommands.Dashboard(),
        RunsCommand.Create(),
        DataCommands.Create(),
        BenchCommands.Create(),
        BenchCommands.Rank(),
        WeightsCommands.Export(),
        WeightsCommands.Import(),
        ParityCommand.Create(),
        PlanCommand.Create(),
        DoctorCommand.Create(),
    ];
}
