using System.Text.RegularExpressions;
using MammutScale.Contracts;

namespace MammutScale.Dashboard.Words;

/// <summary>Who did something to a run.</summary>
internal static partial class Actors
{
    /// <summary>The name behind "by" in the reason of the state, or in the newest event of a kind; null when neither names anyone.</summary>
    public static string? Of(RunSnapshot run, RunEventKind kind)
    {
        string? told = run.Events.LastOrDefault(e => e.Kind == kind)?.Text;
        foreach (string? text in new[] { run.Reason, told })
        {
            var found = By().Match(text ?? "");
            if (found.Success) return found.Groups[1].Value;
        }
        return null;
    }

    [GeneratedRegex(@"\bby ([\p{L}\p{N}_\-]+)")]
    private static partial Regex By();
}
