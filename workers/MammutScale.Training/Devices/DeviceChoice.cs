using System.Globalization;

namespace MammutScale.Training.Devices;

/// <summary>
/// What a worker is asked to train on: auto, cpu, cuda or cuda:N. auto takes a GPU where one can be used. Without a number the
/// GPU is chosen by the worker's place among those of its machine, so that each has its own.
/// </summary>
public sealed record DeviceChoice
{
    private const string Allowed = "auto, cpu, cuda or cuda:N";

    /// <summary>Variables in which launchers tell a process its place on its machine, ours first.</summary>
    private static readonly string[] PlaceVariables = ["MAMMUT_LOCAL_RANK", "LOCAL_RANK", "SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK"];

    private DeviceChoice()
    {
    }

    public static DeviceChoice Auto { get; } = new();

    private bool WantsCpu { get; init; }

    private bool WantsCuda { get; init; }

    private int? Index { get; init; }

    /// <summary>Null and a sentence when the text is none of the choices.</summary>
    public static DeviceChoice? TryParse(string text, out string fault)
    {
        fault = "";
        switch (text.Trim().ToLowerInvariant())
        {
            case "auto":
                return Auto;
            case "cpu":
                return new DeviceChoice { WantsCpu = true };
            case "cuda" or "gpu":
                return new DeviceChoice { WantsCuda = true };
            case var t when t.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(t.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index):
                return new DeviceChoice { WantsCuda = true, Index = index };
            default:
                fault = $"'{text}' is no device; {Allowed} is needed";
                return null;
        }
    }

    /// <summary>This process's place among the workers of its machine; null when nobody has told it.</summary>
    /// <param name="variable">Reads the environment.</param>
    public static int? LocalPlace(Func<string, string?> variable) => PlaceVariables
        .Select(name => int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : (int?)null)
        .FirstOrDefault(place => place is not null);

    /// <param name="gpus">What there is.</param>
    /// <param name="place">This process's place among the workers of its machine, from 0.</param>
    /// <exception cref="DeviceException">A GPU was asked for and cannot be had.</exception>
    public TrainingDevice Resolve(GpuInventory gpus, int? place)
    {
        if (WantsCpu || (!WantsCuda && gpus.Count == 0)) return TrainingDevice.Cpu;
        if (gpus.Count == 0) throw new DeviceException($"--device asks for a GPU, but there is none to use: {gpus.Trouble}");
        if (Index is { } index)
        {
            return index < gpus.Count
                ? TrainingDevice.Cuda(index)
                : throw new DeviceException($"--device is cuda:{index}, but this process sees {gpus.Count} GPU{(gpus.Count == 1 ? "" : "s")}, numbered from 0 (CUDA_VISIBLE_DEVICES decides which).");
        }

        // one that sees a single GPU has been given its own
        return TrainingDevice.Cuda((place ?? 0) % gpus.Count);
    }
}
