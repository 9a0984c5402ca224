using MammutScale.Contracts;
using static MammutScale.Dashboard.Words.Segment;

namespace MammutScale.Dashboard.Words;

/// <summary>A run that comes back from a loss.</summary>
internal static class RecoverySentence
{
    public static Sentence Of(RunSnapshot run)
    {
        var names = WorkerNames.Of(run);
        int live = run.Workers.Count(w => w.State is not (WorkerState.Lost or WorkerState.Left));
        string[] gone = [.. run.Workers.Where(w => w.State == WorkerState.Lost && w.LastSeen >= run.StateSince.AddMinutes(-1)).Select(w => names[w.WorkerId]).Order()];
        int all = live + gone.Length;
        string reason = Why(run.Reason);
        bool joins = gone.Length == 0 && (run.Reason.EndsWith(" joins", StringComparison.Ordinal) || run.Reason.EndsWith(" join", StringComparison.Ordinal));
        if (live == 0)
        {
            string from = CheckpointWords.Newest(run) is { } kept
                ? $"all workers were lost; it goes on from checkpoint {Figures.Count(kept.Step)}."
                : "all workers were lost; it begins again, there is no checkpoint yet.";
            long again = run.Step - (CheckpointWords.Newest(run)?.Step ?? 0);
            return Make([Say($"Recovering: {from}")], [Say($"{reason}{Steps(again)} done again.")]);
        }
        string who = gone.Length switch
        {
            0 => $"{live} {(live == 1 ? "worker goes" : "workers go")} on.",
            1 => $"worker {gone[0]} was lost, {live} of {all} go on.",
            _ => $"workers {Figures.List(gone)} were lost, {live} of {all} go on.",
        };
        return Make([Say("Recovering for "), AgeOf(run.StateSince), Say($": {who}")], [Say(joins ? $"{reason}No step is done again." : $"{reason}At most one step is done again.")]);
    }

    // "worker 3 (w3) was lost: its process ended" says in its first half what the first line has said already
    private static string Why(string reason)
    {
        const string Lost = " was lost: ";
        int cut = reason.IndexOf(Lost, StringComparison.Ordinal);
        string text = cut >= 0 ? reason[(cut + Lost.Length)..] : reason;
        return text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + CheckpointWords.Closed(text)[1..] + " ";
    }

    private static Sentence Make(IReadOnlyList<Segment> first, IReadOnlyList<Segment> second)
        => new() { State = "recovering", Tone = "info", First = first, Second = second };

    private static string Steps(long count) => count == 1 ? "1 step is" : $"{Figures.Count(count)} steps are";
}
