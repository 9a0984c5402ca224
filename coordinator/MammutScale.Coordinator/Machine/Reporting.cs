using System.Collections.Immutable;
using MammutScale.Contracts;

namespace MammutScale.Coordinator.Machine;

/// <summary>News of a member. Whatever carries another generation than the one formed last is refused.</summary>
internal static class Reporting
{
    private const int RecordsKept = 1000;

    public static void Apply(Draft draft, WorkerReport report)
    {
        var state = draft.State;
        if (state.IsOver || state.State is RunState.Queued or RunState.Gathering) return;
        var member = state.MemberOf(report.WorkerId);
        var worker = state.Worker(report.WorkerId);
        if (member is null || worker is not { IsAlive: true } || report.Generation != state.Generation || worker.Waiting) return;

        var told = worker with
        {
            State = report.State,
            LastSeen = draft.Now,
            Step = report.Step,
            CommittedStep = report.Step,
            Phases = report.Phases,
            ResidentBytes = report.ResidentBytes,
            BadRows = report.BadRows,
            Finished = worker.Finished || report.Finished,
            Leaving = report.Leaving,
            EventsTaken = report.Events.Select(e => e.Sequence).Append(worker.EventsTaken).Max(),
        };
        if (worker.IsBusy && !told.IsBusy) draft.State = draft.State with { ProgressAt = draft.Now };
        draft.Put(told);
        if (member.Rank == 0) TakeSteps(draft, report);
        foreach (var checkpoint in report.Checkpoints) TakeCheckpoint(draft, checkpoint);
        foreach (var evaluation in report.Evaluations) TakeEvaluation(draft, evaluation);
        // told again: its answer was lost, or we were, with what we had not stored
        foreach (var news in report.Events.Where(e => e.Sequence == 0 || e.Sequence > worker.EventsTaken)) draft.Tell(news.Kind, news.Text, news.Rank ?? member.Rank, news.Step);

        if (report.FatalFailure is { } fatal) RunOutcomes.End(draft, RunState.Failed, EventWording.Clause(fatal));
        else if (report.GenerationFailure is { } failure) GenerationFailed(draft, report, member, failure);
        else if (report.Finished) RunOutcomes.CompleteIfDone(draft);
        else if (report.Leaving && draft.State.Intent is null && !RunOutcomes.RankZeroFinished(draft.State))
            RunOutcomes.Recover(draft, $"{EventWording.Name(report.WorkerId, member.Rank)} was asked to go", planned: true);
    }

    private static void TakeSteps(Draft draft, WorkerReport report)
    {
        foreach (var step in report.Steps) TakeStep(draft, step, report.Generation);
        // a generation that starts from a checkpoint goes back: progress is measured from where it is
        draft.State = draft.State with { Step = report.Step, StepAtFormation = Math.Min(draft.State.StepAtFormation, report.Step) };
        if (report.Sources.Count > 0) draft.State = draft.State with { Sources = [.. report.Sources] };
    }

    private static void TakeStep(Draft draft, StepRecord step, int generation)
    {
        var latest = draft.State.Latest;
        if (latest is not null && !step.Supersedes(latest) || step.Generation > generation) return;
        if (latest is not null && step.Step <= latest.Step)
        {
            draft.Tell(RunEventKind.Resumed, FormattableString.Invariant($"Goes on from step {step.Step - 1:N0}: steps {step.Step:N0} to {latest.Step:N0} are done again."), step: step.Step);
        }

        draft.Steps.Add(step);
        draft.State = draft.State with
        {
            Latest = step,
            Step = step.Step,
            ProgressAt = draft.Now,
            Pace = draft.State.Pace.With([step.Phases.Total]),
            Barren = 0,
        };
        draft.Changed = true;
    }

    private static void TakeCheckpoint(Draft draft, CheckpointRecord checkpoint)
    {
        var known = draft.State.Checkpoints;
        if (!known.Any(c => c.Step == checkpoint.Step && c.At >= checkpoint.At))
        {
            draft.State = draft.State with { Checkpoints = Kept(known.RemoveAll(c => c.Step == checkpoint.Step).Add(checkpoint)) };
            draft.Tell(RunEventKind.CheckpointWritten,
                FormattableString.Invariant($"Checkpoint {checkpoint.Step:N0} written, {checkpoint.Bytes / 1e6:N1} MB in {checkpoint.WriteSeconds:0.0} s."), step: checkpoint.Step);
        }

        if (draft.State.CheckpointRequest is { } wanted && checkpoint.Step >= wanted.Step) draft.State = draft.State with { CheckpointRequest = null };
    }

    private static void TakeEvaluation(Draft draft, EvaluationRecord evaluation)
    {
        var known = draft.State.Evaluations;
        if (known.Any(e => e.Step == evaluation.Step && e.Name == evaluation.Name && e.At >= evaluation.At)) return;
        draft.State = draft.State with { Evaluations = Kept(known.RemoveAll(e => e.Step == evaluation.Step && e.Name == evaluation.Name).Add(evaluation)) };
        draft.Tell(RunEventKind.Evaluated,
            FormattableString.Invariant($"{evaluation.Name}: R@1 {100 * evaluation.ImageToTextR1:0.0} % image to text, {100 * evaluation.TextToImageR1:0.0} % text to image, of {evaluation.Candidates:N0}."), step: evaluation.Step);
    }

    private static void GenerationFailed(Draft draft, WorkerReport report, Member member, string failure)
    {
        var state = draft.State;
        if (state.State != RunState.Running || RunOutcomes.RankZeroFinished(state) || RunOutcomes.BoundaryReached(state)) return;
        var by = EventWording.Name(report.WorkerId, member.Rank);
        draft.Tell(RunEventKind.GenerationFailed, $"Generation {report.Generation} ended; {by} says: {EventWording.Clause(failure)}.", report.FailedRank ?? member.Rank);
        var blamed = draft.State.Members.FirstOrDefault(m => m.Rank == report.FailedRank);
        var who = blamed is null ? by : EventWording.Name(blamed.WorkerId, blamed.Rank);
        RunOutcomes.Recover(draft, blamed is null ? $"{who} says: {EventWording.Clause(failure)}" : $"{who} does not answer its peers", planned: false);
    }

    private static ImmutableArray<T> Kept<T>(ImmutableArray<T> all) => all.Length > RecordsKept ? all[^RecordsKept..] : all;
}
