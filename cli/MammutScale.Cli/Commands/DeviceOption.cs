using MammutScale.Cli.Output;
using MammutScale.Training.Devices;

namespace MammutScale.Cli.Commands;

/// <summary>The device that a command line names.</summary>
internal static class DeviceOption
{
    /// <exception cref="UserException">The text is no device.</exception>
    /// <exception cref="DeviceException">It cannot be had on this machine.</exception>
    public static TrainingDevice Open(string text)
    {
        var choice = DeviceChoice.TryParse(text, out string fault) ?? throw new UserException($"--device: {fault}.");
        TorchLibraries.Load();
        return choice.Resolve(GpuInventory.Find(), DeviceChoice.LocalPlace(Environment.GetEnvironmentVariable));
    }
}
