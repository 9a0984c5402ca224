using System.Collections.Concurrent;
using MammutScale.Collectives;
using MammutScale.Contracts;
using MammutScale.Coordinator.Hosting;
using MammutScale.TestKit;
using MammutScale.Training.Configuration;
using MammutScale.Training.Devices;
using MammutScale.Worker.Cluster;
using MammutScale.Worker.Generations;
using MammutScale.Worker.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace MammutScale.Worker.Tests.Protocol;

/// <summary>A real coordinator and real worker loops over TCP in one process; only the training is not real.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CoordinatorOptions _options;
    private readonly OrleansCoordinator _client;
    private readonly List<LocalWorker> _workers = [];
    private WebApplication? _coordinator;

    private LocalCluster()
    {
        var ports = TestPorts.Take(3);
        _options = new CoordinatorOptions { SiloPort = ports[0], GatewayPort = ports[1], HttpPort = ports[2], Store = _folder.Path };
        _client = new OrleansCoordinator(Worker("client").Address, TimeProvider.System, NullLogger.Instance);
    }

    public const string RunId = "tiny";

    public static async Task<LocalCluster> StartAsync(long steps, int min, int max)
    {
        var cluster = new LocalCluster();
        await cluster.StartCoordinatorAsync();
        await cluster.AskAsync(run => run.Submit(new RunSubmission
        {
            RunId = RunId,
            Name = RunId,
            Spec = "",
            TotalSteps = steps,
            GlobalBatch = 16,
            Lanes = 8,
            MinWorkers = min,
            MaxWorkers = max,
            Store = cluster._folder.Path,
        }));
        return cluster;
    }

    public async Task StartCoordinatorAsync() => _coordinator = await CoordinatorHost.StartAsync(_options, CancellationToken.None);

    public async Task StopCoordinatorAsync()
    {
        await _coordinator!.StopAsync();
        await _coordinator.DisposeAsync();
        _coordinator = null;
    }

    /// <param name="id">Names the worker.</param>
    /// <param name="device">Null: host memory.</param>
    /// <param name="collectives">Null: as they are.</param>
    public LocalWorker Start(string id, TrainingDevice? device = null, CollectivesSection? collectives = null)
    {
        var worker = new LocalWorker(id, Worker(id), device ?? TrainingDevice.Cpu) { Trainee = { Collectives = collectives ?? new() } };
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Asks again on a machine that is too busy to answer in time: whatever is asked may be asked twice.</summary>
    public async Task<T> AskAsync<T>(Func<IRunGrain, Task<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await _client.AskAsync(ask, CancellationToken.None);
            }
            catch (CoordinatorAwayException) when (attempt < 5)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    public async Task<RunSnapshot> UntilAsync(Func<RunSnapshot, bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        RunSnapshot? last = null;
        while (!limit.IsCancellationRequested)
        {
            try
            {
                last = await AskAsync(run => run.GetSnapshot());
                if (last is not null && holds(last)) return last;
            }
            catch (CoordinatorAwayException)
            {
                // some tests take it away
            }

            await Task.Delay(20, CancellationToken.None);
        }

        throw new TimeoutException($"It did not come to pass; last: {last?.State} generation {last?.Generation} step {last?.Step} {last?.Reason}\n{string.Join("\n", last?.Events.Select(e => e.Text) ?? [])}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await worker.DisposeAsync();
        await _client.DisposeAsync();
        if (_coordinator is not null) await StopCoordinatorAsync();
        _folder.Dispose();
    }

    private WorkerOptions Worker(string id) => new() { Coordinator = $"127.0.0.1:{_options.GatewayPort}", Run = RunId, WorkerId = id };
}

internal sealed class LocalWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource _leave = new();
    private readonly OrleansCoordinator _coordinator;
    private readonly TcpGroups _groups;
    private readonly WorkerLoop _loop;

    public LocalWorker(string id, WorkerOptions options, TrainingDevice device)
    {
        _coordinator = new OrleansCoordinator(options.Address, TimeProvider.System, NullLogger.Instance);
        _groups = new TcpGroups(TcpRendezvousListener.Bind("127.0.0.1"), "127.0.0.1", TimeProvider.System, Log.Enqueue);
        var groups = new DeviceGroups(_groups, device, "127.0.0.1", TimeProvider.System, Log.Enqueue);
        _loop = new WorkerLoop(id, _coordinator, groups, _ => Trainee, TimeProvider.System, _ => { });
        Exit = Task.Run(() => _loop.RunAsync(_leave.Token));
    }

    public FakeTrainee Trainee { get; } = new();

    /// <summary>What the worker's groups have to say.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>The exit code, when it comes.</summary>
    public Task<int> Exit { get; }

    public void AskToGo() => _leave.Cancel();

    public async ValueTask DisposeAsync()
    {
        Trainee.Fault ??= new InvalidOperationException("the test is over");
        await _leave.CancelAsync();
        await Exit.WaitAsync(TimeSpan.FromSeconds(30));
        _loop.Dispose();
        _groups.Dispose();
        await _coordinator.DisposeAsync();
        _leave.Dispose();
    }
}
