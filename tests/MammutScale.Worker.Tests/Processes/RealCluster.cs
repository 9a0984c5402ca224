using System.Diagnostics;
using System.Globalization;
using MammutScale.Contracts;
using MammutScale.TestKit;
using MammutScale.Training.Configuration;
using MammutScale.Worker.Cluster;
using MammutScale.Worker.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace MammutScale.Worker.Tests.Processes;

/// <summary>A coordinator and workers as processes of their own, training a tiny model on the samples of the repository.</summary>
internal sealed class RealCluster : IAsyncDisposable
{
    public const string RunId = "tiny";
    private readonly TemporaryFolder _folder = new();
    private readonly List<RealProcess> _processes = [];
    private readonly int[] _ports = TestPorts.Take(3);
    private readonly OrleansCoordinator _client;

    public RealCluster() => _client = new OrleansCoordinator(new WorkerOptions { Coordinator = Gateway, Run = RunId, WorkerId = "test" }.Address, TimeProvider.System, NullLogger.Instance);

    public string Store => _folder.File("store");

    private string Gateway => $"127.0.0.1:{_ports[1]}";

    public RealProcess StartCoordinator() => Start("MammutScale.Coordinator",
        "--silo-port", $"{_ports[0]}", "--gateway-port", $"{_ports[1]}", "--http-port", $"{_ports[2]}", "--store", Store, "--parent-pid", $"{Environment.ProcessId}", "--heartbeat-seconds", "10");

    public RealProcess StartWorker(string id) => Start("MammutScale.Worker",
        "--coordinator", Gateway, "--run", RunId, "--worker-id", id, "--listen", "127.0.0.1", "--threads", "1", "--parent-pid", $"{Environment.ProcessId}");

    public Task<RunSnapshot> SubmitAsync(long steps, int min, int max, params string[] overrides)
    {
        var file = RunFile.Parse($$"""
            name: tiny
            seed: 3
            model: {preset: mammut-tiny, embed_dim: 16, image_size: 16, patch_size: 8, vision_width: 16, vision_layers: 1, vision_heads: 2, context_length: 8, text_width: 16, text_layers: 2, text_heads: 2}
            data: {train: [{path: "{{Repository.PathOf("dataloader", "samples", "train")}}"}], tokenizer: "{{Repository.PathOf("dataloader", "samples", "tokenizer.json")}}", lanes: 8, decode_threads: 1}
            train: {global_batch: 8, steps: {{steps.ToString(CultureInfo.InvariantCulture)}}}
            checkpoint: {every_steps: 1000}
            """, overrides);
        return AskAsync(run => run.Submit(new RunSubmission
        {
            RunId = RunId,
            Name = RunId,
            Spec = file.ToYaml(),
            TotalSteps = steps,
            GlobalBatch = 8,
            Lanes = 8,
            MinWorkers = min,
            MaxWorkers = max,
            Store = Store,
        }));
    }

    /// <summary>Asks until the coordinator answers.</summary>
    public async Task<T> AskAsync<T>(Func<IRunGrain, Task<T>> ask)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (true)
        {
            try
            {
                return await _client.AskAsync(ask, limit.Token);
            }
            catch (CoordinatorAwayException)
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }

    public async Task<RunSnapshot> UntilAsync(Func<RunSnapshot, bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        RunSnapshot? last = null;
        while (!limit.IsCancellationRequested)
        {
            last = await AskAsync(run => run.GetSnapshot());
            if (last is not null && holds(last)) return last;
            await Task.Delay(50, CancellationToken.None);
        }

        throw new TimeoutException($"It did not come to pass; last: {last?.State} generation {last?.Generation} step {last?.Step} {last?.Reason}\n{string.Join("\n", last?.Events.Select(e => e.Text) ?? [])}\n{string.Join("\n", _processes.Select(p => p.Output))}");
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        foreach (var process in _processes) process.Dispose();
        _folder.Dispose();
    }

    private RealProcess Start(string project, params string[] arguments)
    {
        var process = RealProcess.Start(Path.Combine(Repository.Output(project), $"{project}.dll"), arguments);
        _processes.Add(process);
        return process;
    }
}

/// <summary>A child process whose output is kept.</summary>
internal sealed class RealProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];

    private RealProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_output) return string.Join("\n", _output);
        }
    }

    public static RealProcess Start(string assembly, params string[] arguments) => StartPlain("dotnet", ["exec", assembly, .. arguments]);

    public static RealProcess StartPlain(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = "1";
        var process = new RealProcess(Process.Start(start)!);
        process._process.ErrorDataReceived += (_, line) => process.Take(line.Data);
        process._process.OutputDataReceived += (_, line) => process.Take(line.Data);
        process._process.BeginErrorReadLine();
        process._process.BeginOutputReadLine();
        return process;
    }

    public async Task UntilSaidAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!Output.Contains(text, StringComparison.Ordinal)) await Task.Delay(50, limit.Token);
    }

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync(int seconds = 120)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"process {Id} did not end:\n{Output}");
        }

        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output) _output.Add(line);
    }
}
