using System.Globalization;
using MammutScale.Cli.Output;
using MammutScale.Storage;
using MammutScale.Training.Checkpoints;

namespace MammutScale.Cli.Runs;

/// <summary>A checkpoint as people name it: …/runs/NAME/checkpoints/step-00001200, or …/runs/NAME for its newest good one; a folder or az:// address.</summary>
internal static class CheckpointPath
{
    private const string Runs = "/runs/";

    public static Task<CheckpointModel> LoadAsync(string path, bool average, CancellationToken cancellation)
    {
        string full = path.StartsWith("az://", StringComparison.Ordinal) ? path.TrimEnd('/') : Path.GetFullPath(path).TrimEnd('/');
        int runs = full.LastIndexOf(Runs, StringComparison.Ordinal);
        if (runs < 0) throw new UserException($"{path} is no checkpoint: expected …/runs/NAME/checkpoints/step-00001200 or …/runs/NAME.");
        string[] rest = full[(runs + Runs.Length)..].Split('/');
        long? step = rest[^1].StartsWith("step-", StringComparison.Ordinal) && long.TryParse(rest[^1].AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        return CheckpointWeights.ReadAsync(new CheckpointStore(BlobStores.Open(full[..runs]), rest[0]), step, average, cancellation);
    }
}
