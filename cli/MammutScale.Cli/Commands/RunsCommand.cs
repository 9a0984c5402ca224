using System.CommandLine;
using MammutScale.Cli.Cluster;
using MammutScale.Cli.Output;
using MammutScale.Cli.Runs;
using MammutScale.Contracts;
using MammutScale.Training.Configuration;

namespace MammutScale.Cli.Commands;

/// <summary>`mammut runs …`: what runs on a coordinator, and orders to it.</summary>
internal static class RunsCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Option<string> Coordinator = new("--coordinator") { Description = "host:port of the coordinator's gateway.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MAMMUT_COORDINATOR") ?? "127.0.0.1:30000" };
    private static readonly Argument<string> RunId = new("run") { Description = "Id of the run." };

    public static Command Create()
    {
        var runs = new Command("runs", "Submits, lists and steers the runs of a coordinator.");
        runs.Subcommands.Add(Submit());
        runs.Subcommands.Add(List());
        runs.Subcommands.Add(Show());
        foreach (var kind in Enum.GetValues<RunCommandKind>()) runs.Subcommands.Add(Order(kind));
        return runs;
    }

    private static Command Submit()
    {
        var config = new Option<string>("--config", "-c") { Description = "The run file, YAML.", Required = true };
        var store = new Option<string>("--store") { Description = "Directory or az:// address for checkpoints and history, when the run file names none." };
        var command = new Command("submit", "Submits a run file; workers that join the coordinator then train it.") { Options = { config, store, TrainCommand.Set, Coordinator } };
        return command.Does(async (parse, report, cancellation) =>
        {
            string path = parse.GetValue(config)!;
            var file = RunFile.Load(path, parse.GetValue(TrainCommand.Set)).WithAbsolutePaths(Path.GetDirectoryName(Path.GetFullPath(path))!);
            string place = file.Checkpoint.Store.Length > 0 ? file.Checkpoint.Store : parse.GetValue(store)
                ?? throw new UserException("The run needs a place for its checkpoints: set checkpoint.store in the run file or give --store.");
            var (steps, _) = await DataCheck.RunAsync(file, cancellation);
            await using var client = await CoordinatorClient.ConnectAsync(parse.GetValue(Coordinator)!, Patience, cancellation);
            var snapshot = await client.Run(file.Name).Submit(new RunSubmission
            {
                RunId = file.Name,
                Name = file.Name,
                Spec = file.ToYaml(),
                TotalSteps = steps,
                GlobalBatch = file.Train.GlobalBatch,
                Lanes = file.Data.Lanes,
                MinWorkers = file.Elastic.MinWorkers,
                MaxWorkers = Math.Min(file.Elastic.MaxWorkers, file.Data.Lanes),
                Store = place,
            });
            report.Result(RunRow.Of(snapshot), r => r.Line($"{file.Name} is submitted: {steps:N0} steps. Workers join it with `mammut worker --run {file.Name}`."));
            return 0;
        });
    }

    private static Command List()
    {
        var command = new Command("list", "Every run the coordinator knows.") { Options = { Coordinator } };
        return command.Does(async (parse, report, cancellation) =>
        {
            await using var client = await CoordinatorClient.ConnectAsync(parse.GetValue(Coordinator)!, Patience, cancellation);
            var rows = (await client.Runs.List()).Select(RunRow.Of).ToArray();
            report.Result(rows, r => r.Table(["run", "state", "step", "of", "samples/s", "loss", "workers", "reason"],
                rows.Select(x => new[] { x.Run, x.State, $"{x.Step:N0}", $"{x.TotalSteps:N0}", $"{x.SamplesPerSecond:F0}", x.Loss is { } loss ? $"{loss:F4}" : "–", $"{x.Workers}", x.Reason })));
            return 0;
        });
    }

    private static Command Show()
    {
        var command = new Command("show", "One run, with workers, checkpoints and events.") { Arguments = { RunId }, Options = { Coordinator } };
        return command.Does(async (parse, report, cancellation) =>
        {
            await using var client = await CoordinatorClient.ConnectAsync(parse.GetValue(Coordinator)!, Patience, cancellation);
            var snapshot = await KnownAsync(client, parse.GetValue(RunId)!);
            report.Result(snapshot, r =>
            {
                r.Line($"{snapshot.Submission.RunId}: {snapshot.State}, step {snapshot.Step:N0} of {snapshot.Submission.TotalSteps:N0}. {snapshot.Reason}");
                r.Table(["rank", "worker", "host", "state", "lanes", "step"], snapshot.Workers.Select(w => new[] { $"{w.Rank}", w.WorkerId, w.Host, $"{w.State}", $"{w.FirstLane}–{w.FirstLane + w.LaneCount - 1}", $"{w.Step:N0}" }));
                foreach (var news in snapshot.Events.TakeLast(20)) r.Line($"{news.At:HH:mm:ss}  step {news.Step:N0}  {news.Text}");
            });
            return 0;
        });
    }

    private static Command Order(RunCommandKind kind)
    {
        string word = kind.ToString().ToLowerInvariant();
        var command = new Command(word, kind switch
        {
            RunCommandKind.Pause => "Finishes the step, writes a checkpoint and waits.",
            RunCommandKind.Resume => "Goes on with a paused, stopped or failed run.",
            RunCommandKind.Stop => "Finishes the step, writes a checkpoint and ends the run.",
            _ => "Writes a checkpoint at the next step.",
        })
        { Arguments = { RunId }, Options = { Coordinator } };
        return command.Does(async (parse, report, cancellation) =>
        {
            await using var client = await CoordinatorClient.ConnectAsync(parse.GetValue(Coordinator)!, Patience, cancellation);
            await KnownAsync(client, parse.GetValue(RunId)!);
            var snapshot = await client.Run(parse.GetValue(RunId)!).Command(new RunCommand { Kind = kind, By = Environment.UserName });
            report.Result(RunRow.Of(snapshot), r => r.Line($"{word} is requested; {snapshot.Submission.RunId} is {snapshot.State.ToString().ToLowerInvariant()} at step {snapshot.Step:N0}."));
            return 0;
        });
    }

    private static async Task<RunSnapshot> KnownAsync(CoordinatorClient client, string runId)
    {
        if (await client.Run(runId).GetSnapshot() is { } snapshot) return snapshot;
        var known = (await client.Runs.List()).Select(r => r.Submission.RunId).ToArray();
        throw new UserException($"The coordinator knows no run '{runId}'; it has {(known.Length == 0 ? "none" : string.Join(", ", known))}.");
    }

    private sealed record RunRow(string Run, string State, long Step, long TotalSteps, double SamplesPerSecond, double? Loss, int Workers, string Reason)
    {
        public static RunRow Of(RunSnapshot s) =>
            new(s.Submission.RunId, s.State.ToString().ToLowerInvariant(), s.Step, s.Submission.TotalSteps, s.SamplesPerSecond, s.Latest?.Loss, s.Workers.Count, s.Reason);
    }
}
