using MammutScale.Contracts;
using MammutScale.Dashboard.Health;
using static MammutScale.Dashboard.Words.Segment;

namespace MammutScale.Dashboard.Words;

/// <summary>A run that trains: healthy, slow or degraded.</summary>
internal static class RunningSentence
{
    public static Sentence Of(RunSnapshot run, RunHealth health)
    {
        var lost = LostWorkers(run);
        int live = run.Workers.Count(w => w.State is not (WorkerState.Lost or WorkerState.Left));
        bool slow = health.Causes.Count > 0;
        return new Sentence
        {
            State = slow ? "slow" : lost.Count > 0 ? "degraded" : "running",
            Tone = slow || lost.Count > 0 ? "warn" : "ok",
            First = [Say(First(run, live, live + lost.Count))],
            Second = run.Pending is { } pending ? UnderWay(run, pending) : slow ? Slow(run, health) : lost.Count > 0 ? Degraded(run, lost) : Healthy(run, health),
        };
    }

    /// <summary>Workers that are gone and were not replaced: the newest of each number, only while nobody has taken their place.</summary>
    private static List<WorkerView> LostWorkers(RunSnapshot run)
    {
        var lost = run.Workers.Where(w => w.State == WorkerState.Lost).OrderByDescending(w => w.LastSeen).ToList();
        int live = run.Workers.Count(w => w.State is not (WorkerState.Lost or WorkerState.Left));
        // as many are running as may run: whoever was lost has been replaced
        int open = Math.Max(0, run.Submission.MaxWorkers - live);
        return [.. lost.Take(open)];
    }

    private static string First(RunSnapshot run, int live, int all)
    {
        string left = run.SecondsLeft is { } seconds ? $", {Figures.Duration(seconds)} left." : ".";
        string workers = all == 1 ? "1 worker" : $"{live} of {all} workers";
        if (run.Workers.Count > 0 && run.Workers.Any(w => w.State == WorkerState.Evaluating))
            return $"Evaluating after step {Figures.Count(run.Step)} with {workers}{left}";
        return $"Running at {Figures.Rate(run.SamplesPerSecond)}{Figures.Thin}samples/s with {workers}{left}";
    }

    /// <summary>A command that is not done yet: everyone who looks sees it, not only who gave it.</summary>
    private static List<Segment> UnderWay(RunSnapshot run, PendingCommand pending)
    {
        string what = pending.Kind switch
        {
            RunCommandKind.Pause => "Pausing",
            RunCommandKind.Stop => "Stopping",
            RunCommandKind.Checkpoint => "Taking a checkpoint",
            _ => "Resuming",
        };
        int all = run.Workers.Count(w => w.Rank >= 0);
        string ready = pending.Acknowledged.Count > 0 && all > 0 ? $"; {pending.Acknowledged.Count} of {all} workers are ready" : "";
        return [Say($"{what}, asked by {pending.By} "), AgeOf(pending.At), Say($" ago{ready}.")];
    }

    private static List<Segment> Healthy(RunSnapshot run, RunHealth health)
    {
        var second = new List<Segment> { Say("Healthy for "), AgeOf(health.HealthySince), Say(".") };
        if (run.Restarts > 0) second.Add(Say($" Recovered {(run.Restarts == 1 ? "once" : run.Restarts + " times")}."));
        return second;
    }

    private static List<Segment> Slow(RunSnapshot run, RunHealth health)
    {
        var names = WorkerNames.Of(run);
        var cause = health.Causes[0];
        string who = cause.WorkerId is { } id ? $"worker {names.GetValueOrDefault(id, id)}" : "every worker";
        string share = Figures.Percent(cause.Share);
        string text = cause.Kind switch
        {
            CauseKind.WorkerData => $": {who} waits {share} of each step for data, and the others wait for it.",
            CauseKind.Data => $": {who} waits {share} of each step for data.",
            CauseKind.WorkerCompute => $": {who} computes {Figures.Fixed(cause.Factor, 1)} times as long as the others, and they wait for it.",
            CauseKind.Communication => $": communication is exposed for {share} of each step.",
            CauseKind.Checkpoint => $": checkpoints stall {share} of each step.",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var second = new List<Segment> { Heavy("Slow"), Say($"{text} Without it: {Figures.Rate(cause.SpeedWithout)}{Figures.Thin}samples/s.") };
        if (health.Causes.Count > 1) second.Add(Say($" And {health.Causes.Count - 1} more."));
        if (cause.WorkerId is not null) second.Add(new Segment { Text = Capital(who), Target = "workers" });
        return second;
    }

    private static List<Segment> Degraded(RunSnapshot run, List<WorkerView> lost)
    {
        var names = WorkerNames.Of(run);
        string[] gone = [.. lost.Select(w => names[w.WorkerId]).Order()];
        string[] readers = [.. run.Workers.Where(w => w.Rank >= 0 && w.State is not (WorkerState.Lost or WorkerState.Left)).Select(w => names[w.WorkerId])];
        string who = gone.Length == 1 ? $": worker {gone[0]} was lost " : $": workers {Figures.List(gone)} were lost ";
        var since = run.Events.LastOrDefault(e => e.Kind == RunEventKind.WorkerLost)?.At ?? lost.Max(w => w.LastSeen);
        string lanes = readers.Length == 0 ? "." : $"; {(gone.Length == 1 ? "its" : "their")} lanes are read by {(readers.Length == 1 ? "worker " + readers[0] : "the other " + readers.Length)}.";
        return [Heavy("Degraded"), Say(who), AgeOf(since), Say($" ago{lanes}"), new Segment { Text = gone.Length == 1 ? $"Worker {gone[0]}" : "Workers", Target = "workers" }];
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
