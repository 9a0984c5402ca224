using System.CommandLine;

namespace MammutScale.Cli.Commands;

/// <summary>Every command of `mammut`, in the order of the help.</summary>
internal static class AllCommands
{
    public static IEnumerable<Command> Create() => [DoctorCommand.Create()];
}
