using MammutScale.Contracts;
using static MammutScale.Dashboard.Words.Segment;

namespace MammutScale.Dashboard.Words;

/// <summary>The sentence over the list of runs.</summary>
internal static class AllRunsSentence
{
    private static readonly string[] Words = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

    public static Sentence Of(IReadOnlyList<(RunSnapshot Run, Sentence Sentence)> runs)
    {
        if (runs.Count == 0) return Make("queued", "idle", "No runs yet.", [Say("Start one on this machine; it shows here within a second or two.")]);
        var active = runs.Where(r => !HasEnded(r.Run.State)).ToArray();
        var wrong = active.Where(r => r.Sentence.Tone is "warn" or "bad" || r.Sentence.State is "recovering" or "waiting" or "queued").ToArray();
        int failed = runs.Count(r => r.Run.State == RunState.Failed);
        if (active.Length == 0)
        {
            string ended = runs.Count == 1 ? "One run has ended" : $"{Figures.Count(runs.Count)} runs have ended";
            return Make("completed", "ink", "No run is active.", [Say(failed == 0 ? $"{ended}." : $"{ended}, {failed} of them failed.")]);
        }
        if (wrong.Length == 0)
        {
            string first = active.Length == 1 ? "The active run is healthy." : $"All {active.Length} active runs are healthy.";
            return Make("running", "ok", first, active.Length == 1 ? [.. Named(active[0])] : [Say(failed == 0 ? "None has failed." : $"{failed} ended in failure.")]);
        }
        string head = active.Length == 1 ? "The active run needs a look." : $"{Number(wrong.Length)} of {active.Length} active runs {(wrong.Length == 1 ? "needs" : "need")} a look.";
        var worst = wrong.OrderBy(r => r.Sentence.Tone == "info" ? 1 : 0).First();
        var second = new List<Segment>(Named(worst));
        if (wrong.Length > 1) second.Add(Say($" And {wrong.Length - 1} more."));
        return Make(worst.Sentence.State, worst.Sentence.Tone, head, second);
    }

    internal static bool HasEnded(RunState state) => state is RunState.Completed or RunState.Failed or RunState.Stopped;

    private static List<Segment> Named((RunSnapshot Run, Sentence Sentence) run)
    {
        var words = new List<Segment>
        {
            new() { Text = run.Run.Submission.Name, Target = "/runs/" + Uri.EscapeDataString(run.Run.Submission.RunId) },
        };
        bool told = run.Sentence.Second.Count > 0 && run.Sentence.Second[0].Strong;
        if (told)
        {
            words.Add(Say(" is "));
            words.Add(Heavy(run.Sentence.State));
            words.AddRange(run.Sentence.Second.Skip(1).Where(s => s.Target is null));
        }
        else
        {
            words.Add(Say(": "));
            words.AddRange(run.Sentence.First);
        }
        return words;
    }

    private static string Number(int n) => n < Words.Length ? Words[n] : Figures.Count(n);

    private static Sentence Make(string state, string tone, string first, IReadOnlyList<Segment> second)
        => new() { State = state, Tone = tone, First = [Say(first)], Second = second };
}
