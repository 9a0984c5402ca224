using System.Collections.Concurrent;
using MammutScale.Contracts;
using MammutScale.Dashboard.Health;
using MammutScale.Dashboard.Words;

namespace MammutScale.Dashboard.Views;

/// <summary>Makes views of snapshots. It remembers per run what slowed it, so that the sentence does not flicker.</summary>
internal sealed class RunViews
{
    private readonly ConcurrentDictionary<string, CauseWatch> _watches = new(StringComparer.Ordinal);

    public RunView Of(RunSnapshot run)
    {
        var health = _watches.GetOrAdd(run.Submission.RunId, _ => new CauseWatch()).Observe(run);
        return new RunView
        {
            Run = run,
            Sentence = RunSentence.Of(run, health),
            CoordinatorAway = AwaySentence.Coordinator(run),
            DashboardAway = AwaySentence.Dashboard(run),
            WorkerNames = WorkerNames.Of(run),
            Stragglers = [.. health.Causes.Select(c => c.WorkerId).OfType<string>()],
        };
    }

    public RunsView Of(IReadOnlyList<RunSnapshot> runs)
    {
        // the run file is long and the list does not show it
        RunView[] views = [.. runs.Select(r => Of(WithoutSpec(r)))];
        foreach (string gone in _watches.Keys.Except(runs.Select(r => r.Submission.RunId)).ToArray()) _watches.TryRemove(gone, out _);
        return new RunsView { Sentence = AllRunsSentence.Of([.. views.Select(v => (v.Run, v.Sentence))]), Runs = views };
    }

    public static RunSnapshot WithoutSpec(RunSnapshot run) => run with { Submission = run.Submission with { Spec = "" } };
}
