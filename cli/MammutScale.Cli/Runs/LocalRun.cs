using System.Diagnostics;
using System.Runtime.InteropServices;
using MammutScale.Cli.Cluster;
using MammutScale.Cli.Output;
using MammutScale.Contracts;
using MammutScale.Training.Configuration;

namespace MammutScale.Cli.Runs;

/// <summary>How a local run is started.</summary>
internal sealed record LocalRunOptions
{
    public required RunFile File { get; init; }
    public required string WorkDirectory { get; init; }
    public required int Workers { get; init; }

    /// <summary>What the workers train on; null leaves it to them.</summary>
    public string? Device { get; init; }

    /// <summary>The dashboard's port; null takes a free one.</summary>
    public int? Port { get; init; }
    public bool OpenBrowser { get; init; }

    /// <summary>End when the run ends, instead of keeping the dashboard up.</summary>
    public bool Exit { get; init; }
}

/// <summary>A run on a cluster of local processes, from start to summary. Ctrl-C stops it with a checkpoint.</summary>
internal static class LocalRun
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(LocalRunOptions options, Report report, CancellationToken cancellation)
    {
        using var work = WorkDirectory.Own(options.WorkDirectory);
        var (totalSteps, warnings) = await DataCheck.RunAsync(options.File, cancellation);
        foreach (string warning in warnings) report.Line(warning);
        using var interrupted = new Interruption(cancellation);
        await using var cluster = await LocalCluster.StartAsync(work, options.Port, report, interrupted.Token);
        string runId = await SubmitAsync(cluster.Client, options, work, totalSteps, report);
        if (options.OpenBrowser) OpenBrowser(cluster.Page);
        RunSnapshot end;
        int restarts;
        await using (var workers = WorkerPool.Start(cluster, work, runId, options.Workers, options.Device, report))
        {
            end = await FollowAsync(cluster, workers, runId, report, interrupted);
            restarts = Math.Max(workers.Restarts, end.Restarts);
            if (RunWatch.HasEnded(end.State)) await LetGoAsync(workers);
        }

        var history = await cluster.Client.Run(runId).GetHistory(null, null, int.MaxValue);
        var summary = RunSummary.Of(end, history, restarts);
        report.Result(summary, r => Tell(summary, r));
        if (options.File.Log.ProfileSteps > 0 && Path.Combine(end.Submission.Store, "runs", runId, "profile.json") is var profile && File.Exists(profile))
            report.Line($"Profile: {profile} (open it at ui.perfetto.dev or chrome://tracing).");
        if (!options.Exit && !interrupted.Token.IsCancellationRequested)
        {
            report.Line($"The dashboard stays at {cluster.Page} until Ctrl-C.");
            await interrupted.WaitAsync();
        }

        return end.State switch { RunState.Completed => 0, RunState.Stopped => 130, _ => 1 };
    }

    /// <summary>Goes on with an unfinished run of the same file, or begins a new one.</summary>
    private static async Task<string> SubmitAsync(CoordinatorClient client, LocalRunOptions options, WorkDirectory work, long totalSteps, Report report)
    {
        string spec = options.File.ToYaml(), name = options.File.Name;
        var known = await client.Runs.List();
        if (known.LastOrDefault(r => r.Submission.Spec == spec && r.State != RunState.Completed) is { } open)
        {
            string id = open.Submission.RunId;
            report.Line($"Going on with {id}, which had committed {open.Step:N0} of {open.Submission.TotalSteps:N0} steps.");
            await client.Run(id).Command(new RunCommand { Kind = RunCommandKind.Resume, By = Environment.UserName });
            return id;
        }

        var taken = known.Select(r => r.Submission.RunId).ToHashSet();
        string runId = Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? name : $"{name}-{n}").First(id => !taken.Contains(id));
        await client.Run(runId).Submit(new RunSubmission
        {
            RunId = runId,
            Name = name,
            Spec = spec,
            TotalSteps = totalSteps,
            GlobalBatch = options.File.Train.GlobalBatch,
            Lanes = options.File.Data.Lanes,
            MinWorkers = Math.Min(options.File.Elastic.MinWorkers, options.Workers),
            MaxWorkers = options.Workers,
            Store = options.File.Checkpoint.Store.Length > 0 ? options.File.Checkpoint.Store : work.Store,
        });
        return runId;
    }

    private static async Task<RunSnapshot> FollowAsync(LocalCluster cluster, WorkerPool workers, string runId, Report report, Interruption interrupted)
    {
        using var watching = new CancellationTokenSource();
        var run = cluster.Client.Run(runId);
        var showing = RunProgress.ShowAsync(RunWatch.FollowAsync(run, watching.Token), report, watching.Token);
        var first = await Task.WhenAny(showing, interrupted.WaitAsync(), workers.AllEnded, cluster.Lost);
        if (first == cluster.Lost)
        {
            await watching.CancelAsync();
            throw new UserException($"The run was left where it is: checkpoints and state are in the work directory. {cluster.Failure}");
        }

        if (first != showing)
        {
            if (interrupted.Token.IsCancellationRequested)
            {
                report.Line("Stopping: the step is finished and a checkpoint is written first (Ctrl-C again ends at once).");
                await run.Command(new RunCommand { Kind = RunCommandKind.Stop, By = Environment.UserName });
            }

            if (await Task.WhenAny(showing, Task.Delay(StopPatience, TimeProvider.System, interrupted.Second)) != showing)
            {
                await watching.CancelAsync();
                return await run.GetSnapshot() ?? throw new UserException($"The coordinator no longer knows {runId}.");
            }
        }

        return await showing;
    }

    /// <summary>Workers end by themselves when their run has ended; give them the time for it.</summary>
    private static async Task LetGoAsync(WorkerPool workers) =>
        await Task.WhenAny(workers.AllEnded, Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System));

    private static void Tell(RunSummary s, Report report)
    {
        report.Line($"{s.Run}: {s.State} after {s.Steps:N0} steps in {s.Seconds:F0} s{(s.Reason.Length > 0 ? $". {s.Reason}" : "")}");
        if (s.FirstLoss is { } first && s.FinalLoss is { } final) report.Line($"Loss {first:F4} → {final:F4}, median {s.SamplesPerSecond:F0} samples/s, {s.Restarts} restarts.");
        if (s.Retrieval is { } r)
            report.Line($"Retrieval over {r.Candidates:N0} candidates: image to text R@1 {r.I2tR1:P1}, R@10 {r.I2tR10:P1}; text to image R@1 {r.T2iR1:P1}, R@10 {r.T2iR10:P1}; {r.TimesChance:0.#} times chance.");
        if (s.Checkpoint is { } checkpoint) report.Line($"Checkpoint: {checkpoint}");
    }

    private static void OpenBrowser(string page)
    {
        if (Environment.GetEnvironmentVariable("DISPLAY") is null or "" && Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is null or "") return;
        try
        {
            using var _ = Process.Start(new ProcessStartInfo("xdg-open", page) { RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // no desktop: the address has been printed
        }
    }

    /// <summary>Ctrl-C and SIGTERM: the first asks, the second insists.</summary>
    private sealed class Interruption : IDisposable
    {
        private readonly CancellationTokenSource _first;
        private readonly CancellationTokenSource _second = new();
        private readonly PosixSignalRegistration[] _registrations;

        public Interruption(CancellationToken outer)
        {
            _first = CancellationTokenSource.CreateLinkedTokenSource(outer);
            _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Note), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Note)];
        }

        public CancellationToken Token => _first.Token;

        public CancellationToken Second => _second.Token;

        public Task WaitAsync()
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _first.Token.Register(() => done.TrySetResult());
            return done.Task;
        }

        public void Dispose()
        {
            foreach (var registration in _registrations) registration.Dispose();
            _first.Dispose();
            _second.Dispose();
        }

        private void Note(PosixSignalContext context)
        {
            context.Cancel = true;
            if (_first.IsCancellationRequested) _second.Cancel();
            else _first.Cancel();
        }
    }
}
