using MammutScale.Contracts;
using static MammutScale.Dashboard.Words.Segment;

namespace MammutScale.Dashboard.Words;

/// <summary>
/// What is said when no news come: sent ahead with every snapshot, as it is needed exactly when nothing can be sent.
/// The page knows the two times in it.
/// </summary>
internal static class AwaySentence
{
    /// <summary>The dashboard no longer reaches the coordinator.</summary>
    public static Sentence Coordinator(RunSnapshot run) => Stale(run, "The dashboard cannot reach the coordinator");

    /// <summary>The page no longer reaches the dashboard.</summary>
    public static Sentence Dashboard(RunSnapshot run) => Stale(run, "This page cannot reach the dashboard");

    private static Sentence Stale(RunSnapshot run, string what)
    {
        // said only of a run that was going at the last word
        bool going = run.State is RunState.Running or RunState.Recovering;
        return new Sentence
        {
            State = "stale",
            Tone = "warn",
            First = [Say("Last heard from "), new Segment { Clock = "heard" }, Say($" ago, at step {Figures.Count(run.Step)}.")],
            Second =
            [
                Say(going ? $"{what}; " : what),
                .. going ? new[] { new Segment { Text = "training goes on without it", Strong = true } } : [],
                Say(". Trying again in "), new Segment { Clock = "retry" }, Say("."),
            ],
        };
    }
}
