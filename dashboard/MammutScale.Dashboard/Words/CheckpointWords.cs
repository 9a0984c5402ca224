using MammutScale.Contracts;

namespace MammutScale.Dashboard.Words;

/// <summary>What a sentence says of the newest checkpoint.</summary>
internal static class CheckpointWords
{
    public static CheckpointRecord? Newest(RunSnapshot run) => run.Checkpoints.MaxBy(c => c.Step);

    public static string Say(RunSnapshot run) => Newest(run) switch
    {
        null => "There is no checkpoint yet.",
        { Verified: true } kept => $"Checkpoint {Figures.Count(kept.Step)} is verified.",
        var kept => $"Checkpoint {Figures.Count(kept.Step)} is written, not yet verified.",
    };

    /// <summary>A reason as a sentence: with a full stop.</summary>
    public static string Closed(string reason)
    {
        string text = reason.Trim();
        return text.Length == 0 || text[^1] is '.' or '?' or '!' ? text : text + ".";
    }
}
