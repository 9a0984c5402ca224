using MammutScale.Training.Configuration;
using MammutScale.Training.Data;

namespace MammutScale.Cli.Runs;

/// <summary>Opens the data of a run before any process is started, so that what is wrong is said at once and here.</summary>
internal static class DataCheck
{
    /// <returns>The run's optimizer steps, and what people should know about the data.</returns>
    public static async Task<(long TotalSteps, IReadOnlyList<string> Warnings)> RunAsync(RunFile file, CancellationToken cancellation)
    {
        using var data = await RunData.OpenAsync(file, TimeProvider.System, cancellation);
        List<string> warnings = [];
        long samples = data.Plan.Sources.Sum(s => s.Samples);
        if (samples < file.Train.GlobalBatch) warnings.Add($"The data has {samples:N0} rows, less than one global batch of {file.Train.GlobalBatch:N0}: rows repeat within a batch.");
        return (data.TotalSteps, warnings);
    }
}
