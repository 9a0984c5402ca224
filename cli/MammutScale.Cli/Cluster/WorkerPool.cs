using MammutScale.Cli.Output;
using MammutScale.Contracts;

namespace MammutScale.Cli.Cluster;

/// <summary>
/// The worker processes of one run on this machine. One that dies is told to the coordinator at once and started again;
/// one that ends with code 0 has finished, one that says the run cannot go on (exit code 3) is not started again.
/// </summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    /// <summary>Exit code of a worker that found a reason why no worker could do this run.</summary>
    public const int RunCannotGoOn = 3;
    private const int MostRestarts = 20;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly LocalCluster _cluster;
    private readonly WorkDirectory _work;
    private readonly string _runId;
    private readonly int _threads;
    private readonly string[] _device;
    private readonly Report _report;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _supervisors;
    private int _restarts;

    private WorkerPool(LocalCluster cluster, WorkDirectory work, string runId, int count, string? device, Report report)
    {
        _device = device is null ? [] : ["--device", device];
        (_cluster, _work, _runId, _report) = (cluster, work, runId, report);
        _threads = Math.Max(1, System.Environment.ProcessorCount / count);
        _supervisors = [.. Enumerable.Range(0, count).Select(SuperviseAsync)];
    }

    /// <summary>Worker processes that were started again.</summary>
    public int Restarts => _restarts;

    /// <summary>Done when no worker process is left that could go on.</summary>
    public Task AllEnded => Task.WhenAll(_supervisors);

    public static WorkerPool Start(LocalCluster cluster, WorkDirectory work, string runId, int count, string? device, Report report) => new(cluster, work, runId, count, device, report);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_supervisors);
        _stop.Dispose();
    }

    private async Task SuperviseAsync(int index)
    {
        string id = $"w{index}", log = Path.Combine(_work.Logs, $"worker-{index}.log");
        for (int start = 0; ; start++)
        {
            using var worker = ChildProcess.Start($"worker {id}", log,
                ["worker", "--coordinator", _cluster.Address, "--run", _runId, "--worker-id", id, "--listen", "127.0.0.1", "--threads", $"{_threads}", .. _device], Environment(index));
            try
            {
                await worker.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                await worker.StopAsync(Grace, TimeProvider.System);
                return;
            }

            int code = worker.ExitCode;
            if (code == 0) return;
            await TellAsync(new WorkerExit { WorkerId = id, ProcessId = worker.Id, ExitCode = code, Text = worker.Tail is [.., var last] ? last : "" });
            if (code == RunCannotGoOn || start >= MostRestarts) return;
            Interlocked.Increment(ref _restarts);
            var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 0.25 * Math.Pow(2, Math.Max(0, start - 2))));
            _report.Line($"Worker {id} ended with code {code}; starting it again (log: {log}).");
            try
            {
                await Task.Delay(pause, TimeProvider.System, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Each worker of the machine gets a GPU of its own where there are several.</summary>
    private Dictionary<string, string> Environment(int index) => new(TorchEnvironment.For(_threads)) { ["MAMMUT_LOCAL_RANK"] = $"{index}" };

    private async Task TellAsync(WorkerExit exit)
    {
        try
        {
            await _cluster.Client.Run(_runId).Exited(exit);
        }
        catch (Exception)
        {
            // the coordinator notices by missed heartbeats as well
        }
    }
}
