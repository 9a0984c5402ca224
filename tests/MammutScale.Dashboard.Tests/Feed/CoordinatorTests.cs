using System.Net.ServerSentEvents;
using System.Text.Json;
using MammutScale.Contracts;
using MammutScale.Coordinator.Hosting;
using MammutScale.Dashboard.Configuration;
using MammutScale.Dashboard.Feed;
using MammutScale.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace MammutScale.Dashboard.Tests.Feed;

/// <summary>The feed on a real coordinator, which goes away and comes back on the same address.</summary>
public sealed class CoordinatorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mammut-dashboard-");
    private readonly CoordinatorOptions _coordinator;

    public CoordinatorTests()
    {
        int[] ports = TestPorts.Take(3);
        _coordinator = new CoordinatorOptions { Store = _folder.FullName, SiloPort = ports[0], GatewayPort = ports[1], HttpPort = ports[2], HeartbeatSeconds = 60 };
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Feed_ReadsWatchesAndCommands_AndComesBackAfterARestart()
    {
        await using var connection = new ClusterConnection(new DashboardOptions { CoordinatorPort = _coordinator.GatewayPort }, TimeProvider.System, NullLogger<ClusterConnection>.Instance) { ConnectLimit = TimeSpan.FromMinutes(1) };
        var feed = new OrleansRunFeed(connection, TimeProvider.System);
        await Should.ThrowAsync<FeedUnavailableException>(() => feed.ListAsync(CancellationToken.None));

        await using (await Running.StartAsync(_coordinator))
        {
            var client = await connection.GetClientAsync(CancellationToken.None);
            await client.GetGrain<IRunGrain>("one").Submit(Submission());
            (await feed.ListAsync(CancellationToken.None)).ShouldHaveSingleItem().Submission.Name.ShouldBe("one");
            (await feed.GetAsync("one", CancellationToken.None))!.State.ShouldBe(RunState.Queued);
            (await feed.GetAsync("none", CancellationToken.None)).ShouldBeNull();
            (await feed.GetHistoryAsync("one", null, null, 100, CancellationToken.None)).Count.ShouldBeEmpty();
            await foreach (var update in feed.WatchAsync("one", CancellationToken.None))
            {
                update.Snapshot.Submission.RunId.ShouldBe("one");
                break;
            }
            var refused = await Should.ThrowAsync<RunRefusedException>(() => feed.CommandAsync("one", new RunCommand { Kind = RunCommandKind.Checkpoint, By = "kim" }, CancellationToken.None));
            refused.Message.ShouldContain("not running");
        }

        await Should.ThrowAsync<FeedUnavailableException>(() => feed.ListAsync(CancellationToken.None));

        await using (await Running.StartAsync(_coordinator))
        {
            (await feed.ListAsync(CancellationToken.None)).ShouldHaveSingleItem().Submission.RunId.ShouldBe("one");
        }
    }

    [Fact]
    public async Task StepsOfAWorker_ReachStreamAndHistory()
    {
        await using var running = await Running.StartAsync(_coordinator);
        await using var host = await DashboardHost.StartAsync(new DashboardOptions { Port = 0, CoordinatorPort = _coordinator.GatewayPort }, null, TimeProvider.System, CancellationToken.None);
        await using var connection = new ClusterConnection(new DashboardOptions { CoordinatorPort = _coordinator.GatewayPort }, TimeProvider.System, NullLogger<ClusterConnection>.Instance) { ConnectLimit = TimeSpan.FromMinutes(1) };
        var run = (await connection.GetClientAsync(CancellationToken.None)).GetGrain<IRunGrain>("one");
        await run.Submit(Submission());
        using var client = new HttpClient { BaseAddress = host.Address };
        using var answer = await client.GetAsync("/api/runs/one/events", HttpCompletionOption.ResponseHeadersRead);
        await using var events = SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();

        await TrainAsync(run, steps: 5);

        var seen = new List<long>();
        while (seen.Count < 5 && await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)))
        {
            if (events.Current.EventType != "update") continue;
            using var update = JsonDocument.Parse(events.Current.Data);
            seen.AddRange(update.RootElement.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("step").GetInt64()));
        }
        seen.ShouldBe([1, 2, 3, 4, 5]);
        using var history = JsonDocument.Parse(await client.GetStringAsync("/api/runs/one/history?buckets=100"));
        history.RootElement.GetProperty("lastStep").EnumerateArray().Select(s => s.GetInt64()).ShouldBe([1, 2, 3, 4, 5]);
        history.RootElement.GetProperty("names").EnumerateArray().Select(n => n.GetString()).ShouldContain("grad_norm");
        using var view = JsonDocument.Parse(await client.GetStringAsync("/api/runs/one"));
        view.RootElement.GetProperty("sentence").GetProperty("state").GetString().ShouldBe("running");
        view.RootElement.GetProperty("workerNames").GetProperty("w0").GetString().ShouldBe("0");
    }

    /// <summary>A worker that joins, is seated alone, and commits steps.</summary>
    private static async Task TrainAsync(IRunGrain run, int steps)
    {
        var hello = new WorkerHello { WorkerId = "w0", Host = "here", ProcessId = 1, Endpoint = "127.0.0.1:1", Incarnation = "first" };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var orders = await run.Join(hello);
        while (orders.Plan is null)
        {
            await Task.Delay(50, limit.Token);
            orders = await run.Join(hello);
        }
        var phases = new PhaseSeconds { DataWait = 0.01, Forward = 0.1, Backward = 0.2, Optimizer = 0.02, Other = 0.01 };
        for (int step = 1; step <= steps; step++)
        {
            var record = new StepRecord
            {
                Step = step,
                Generation = orders.Plan.Generation,
                At = TimeProvider.System.GetUtcNow(),
                Loss = 6 - step * 0.1,
                Contrastive = 2,
                Captioning = 4 - step * 0.1,
                LearningRate = 1e-4 * step,
                GradNorm = 1,
                LogitScale = 14,
                Samples = 8,
                Phases = phases,
            };
            await run.Report(new WorkerReport { WorkerId = "w0", Generation = orders.Plan.Generation, State = WorkerState.Training, Step = step, Phases = phases, ResidentBytes = 1, BadRows = 0, Steps = [record] });
        }
    }

    private static RunSubmission Submission() => new()
    {
        RunId = "one",
        Name = "one",
        Spec = "name: one\n",
        TotalSteps = 100,
        GlobalBatch = 8,
        Lanes = 4,
        MinWorkers = 1,
        MaxWorkers = 2,
        Store = "runs",
    };

    private sealed class Running(CancellationTokenSource end, Task work) : IAsyncDisposable
    {
        public static async Task<Running> StartAsync(CoordinatorOptions options)
        {
            var end = new CancellationTokenSource();
            var work = CoordinatorHost.RunAsync(options, end.Token);
            using var client = new HttpClient();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (true)
            {
                if (work.IsCompleted) await work;
                try
                {
                    if ((await client.GetAsync($"http://127.0.0.1:{options.HttpPort}/healthz", limit.Token)).IsSuccessStatusCode) return new Running(end, work);
                }
                catch (HttpRequestException)
                {
                    // not yet
                }
                await Task.Delay(50, limit.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            await work;
            end.Dispose();
        }
    }
}
