using MammutScale.Contracts;
using MammutScale.Dashboard.Health;
using static MammutScale.Dashboard.Words.Segment;

namespace MammutScale.Dashboard.Words;

/// <summary>The status sentence of a run: state, figures, then cause, effect and cost.</summary>
internal static class RunSentence
{
    public static Sentence Of(RunSnapshot run, RunHealth health) => run.State switch
    {
        RunState.Queued or RunState.Gathering => Waiting(run),
        RunState.Running when run.Latest is null => Starting(run),
        RunState.Running => RunningSentence.Of(run, health),
        RunState.Recovering => RecoverySentence.Of(run),
        RunState.Paused => Paused(run),
        RunState.Completed => EndSentence.Completed(run),
        RunState.Failed => EndSentence.Failed(run),
        RunState.Stopped => EndSentence.Stopped(run),
        _ => throw new System.Diagnostics.UnreachableException($"state {run.State}"),
    };

    private static Sentence Waiting(RunSnapshot run)
    {
        int here = run.Workers.Count(w => w.State is not (WorkerState.Lost or WorkerState.Left));
        bool resumes = run.Step > 0;
        var second = new List<Segment> { Say("For "), AgeOf(run.StateSince), Say(".") };
        if (resumes) second.Add(Say($" It goes on after step {Figures.Count(run.Step)}."));
        if (here >= run.Submission.MinWorkers)
        {
            return new Sentence
            {
                State = "waiting",
                Tone = "info",
                First = [Say($"Starting with {Workers(here)}.")],
                Second = second,
            };
        }
        return new Sentence
        {
            State = run.State == RunState.Queued && here == 0 ? "queued" : "waiting",
            Tone = "info",
            First = [Say($"Waiting for workers: {here} {(here == 1 ? "is" : "are")} here, at least {run.Submission.MinWorkers} {(run.Submission.MinWorkers == 1 ? "is" : "are")} needed.")],
            Second = second,
        };
    }

    private static Sentence Starting(RunSnapshot run) => new()
    {
        State = "waiting",
        Tone = "info",
        First = [Say($"Starting with {Workers(run.Workers.Count(w => w.State is not (WorkerState.Lost or WorkerState.Left)))}.")],
        Second = [Say("No steps yet; the first takes longer. For "), AgeOf(run.StateSince), Say(".")],
    };

    private static Sentence Paused(RunSnapshot run)
    {
        int holding = run.Workers.Count(w => w.State is WorkerState.Paused);
        var second = new List<Segment>();
        if (holding > 0) second.Add(Say(holding == 1 ? "Its worker keeps its state in memory. " : $"All {holding} workers keep their state in memory. "));
        second.Add(Say(CheckpointWords.Say(run)));
        string? who = Actors.Of(run, RunEventKind.Paused);
        return new Sentence
        {
            State = "paused",
            Tone = "idle",
            First = [Say($"Paused{(who is null ? "" : $" by {who}")} at step {Figures.Count(run.Step)}, "), AgeOf(run.StateSince), Say(" ago.")],
            Second = second,
        };
    }

    private static string Workers(int count) => count == 1 ? "1 worker" : $"{count} workers";
}
