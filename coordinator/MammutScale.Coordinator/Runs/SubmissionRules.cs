using MammutScale.Contracts;

namespace MammutScale.Coordinator.Runs;

/// <summary>What must hold of a run before it is taken; all that does not is told at once.</summary>
internal static class SubmissionRules
{
    private const int LongestId = 63;

    public static void Check(RunSubmission run)
    {
        var faults = new List<string>();
        if (!IsId(run.RunId)) faults.Add($"the run id '{run.RunId}' must have 1 to {LongestId} of a–z, 0–9, '-', '_', '.', beginning with a letter or digit");
        if (run.TotalSteps < 1) faults.Add($"it has {run.TotalSteps} steps, at least 1 is needed");
        if (run.GlobalBatch < 1) faults.Add($"its global batch is {run.GlobalBatch}, at least 1 is needed");
        if (run.Lanes < 1) faults.Add($"it has {run.Lanes} lanes, at least 1 is needed");
        if (run.MinWorkers < 1) faults.Add($"min_workers is {run.MinWorkers}, at least 1 is needed");
        if (run.MaxWorkers < run.MinWorkers) faults.Add($"max_workers ({run.MaxWorkers}) is below min_workers ({run.MinWorkers})");
        if (run.MinWorkers > run.Lanes) faults.Add($"min_workers ({run.MinWorkers}) is above the number of lanes ({run.Lanes}): every worker needs at least one lane");
        if (faults.Count > 0) throw new RunRefusedException($"The run is refused: {string.Join("; ", faults)}.");
    }

    private static bool IsId(string id)
        => id.Length is >= 1 and <= LongestId && char.IsAsciiLetterOrDigit(id[0])
           && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');
}
