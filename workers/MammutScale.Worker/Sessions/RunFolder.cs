using MammutScale.Contracts;

namespace MammutScale.Worker.Sessions;

/// <summary>
/// Files of a run that only help people to look into it: beside its checkpoints when the store is a folder of this machine,
/// else nowhere (bad rows are then still counted and told).
/// </summary>
internal sealed class RunFolder
{
    public RunFolder(RunSubmission run, string workerId)
    {
        if (run.Store.Contains("://", StringComparison.Ordinal)) return;
        var folder = Path.Combine(Path.GetFullPath(run.Store), "runs", run.RunId);
        Directory.CreateDirectory(folder);
        var name = string.Concat(workerId.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
        BadRows = Path.Combine(folder, $"bad-rows-{name}.jsonl");
        Profile = Path.Combine(folder, "profile.json");
    }

    public string? BadRows { get; }

    public string? Profile { get; }
}
