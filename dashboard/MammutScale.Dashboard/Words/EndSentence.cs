using MammutScale.Contracts;
using static MammutScale.Dashboard.Words.Segment;

namespace MammutScale.Dashboard.Words;

/// <summary>A run that ended: the result, or what ended it and what is safe.</summary>
internal static class EndSentence
{
    public static Sentence Completed(RunSnapshot run)
    {
        string retrieval = run.Evaluations.MaxBy(e => e.Step) is { } last ? $"; R@1 {Figures.Percent(last.ImageToTextR1, 1)}" : "";
        string samples = $"{Figures.Count(run.Step * run.Submission.GlobalBatch)} samples";
        string goodput = Goodput(run) is { } share ? $"; goodput {Figures.Percent(share)}" : "";
        return new Sentence
        {
            State = "completed",
            Tone = "ink",
            First = [Say($"Completed {Steps(run.Step)}{Took(run)}{retrieval}.")],
            Second = [Say($"{samples}{goodput}. {CheckpointWords.Say(run)}")],
        };
    }

    public static Sentence Failed(RunSnapshot run) => new()
    {
        State = "failed",
        Tone = "bad",
        First = [Say(run.Reason.Length > 0 ? $"Failed: {Lower(CheckpointWords.Closed(run.Reason))}" : "Failed; the coordinator gave no reason.")],
        Second = [Say($"{(run.Step > 0 ? $"After step {Figures.Count(run.Step)}. " : "Before the first step. ")}{CheckpointWords.Say(run)}")],
    };

    public static Sentence Stopped(RunSnapshot run)
    {
        string? who = Actors.Of(run, RunEventKind.Stopped);
        string goesOn = CheckpointWords.Newest(run) is null
            ? "There is no checkpoint; it would begin again."
            : $"{CheckpointWords.Say(run).TrimEnd('.')}; the run can go on from there.";
        return new Sentence
        {
            State = "stopped",
            Tone = "idle",
            First = [Say($"Stopped{(who is null ? "" : $" by {who}")} at step {Figures.Count(run.Step)}.")],
            Second = [Say(goesOn)],
        };
    }

    /// <summary>Share of the wall clock that was computing; null when nothing was counted.</summary>
    internal static double? Goodput(RunSnapshot run)
    {
        double all = run.Goodput.Sum(c => c.Seconds);
        return all > 0 ? run.Goodput.Where(c => c.Cause == "compute").Sum(c => c.Seconds) / all : null;
    }

    private static string Took(RunSnapshot run)
        => run.EndedAt is { } end ? $" in {Figures.Duration((end - run.StartedAt).TotalSeconds)}" : "";

    private static string Steps(long count) => count == 1 ? "1 step" : $"{Figures.Count(count)} steps";

    // "The loss was not finite" goes on after a colon; "NaN in …" and names keep their capitals
    private static string Lower(string text)
        => text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) && text.Split(' ')[0] is "The" or "A" or "An" or "No" or "All" or "It" or "Its" or "There" or "Too"
            ? char.ToLowerInvariant(text[0]) + text[1..] : text;
}
