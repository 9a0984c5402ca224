using System.CommandLine;
using MammutScale.Cli.Output;
using MammutScale.Training.Devices;

namespace MammutScale.Cli.Commands;

/// <summary>Torch, loaded before a command touches it, and the device that a command line names.</summary>
internal static class DeviceOption
{
    /// <summary>Gives <paramref name="command"/> an action that computes with torch: what is wrong with it is one sentence.</summary>
    public static Command DoesWithTorch(this Command command, Func<ParseResult, Report, CancellationToken, Task<int>> action) => command.Does((parse, report, cancellation) =>
    {
        TorchLibraries.Load();
        return action(parse, report, cancellation);
    });

    /// <exception cref="UserException">The text is no device.</exception>
    /// <exception cref="DeviceException">It cannot be had on this machine.</exception>
    public static TrainingDevice Open(string text)
    {
        var choice = DeviceChoice.TryParse(text, out string fault) ?? throw new UserException($"--device: {fault}.");
        TorchLibraries.Load();
        return choice.Resolve(GpuInventory.Find(), DeviceChoice.LocalPlace(Environment.GetEnvironmentVariable));
    }
}
