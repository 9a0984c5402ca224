using System.Net;
using System.Net.Sockets;
using MammutScale.Contracts;
using MammutScale.Coordinator.Hosting;
using MammutScale.Dashboard.Configuration;
using MammutScale.Dashboard.Feed;
using Microsoft.Extensions.Logging.Abstractions;

namespace MammutScale.Dashboard.Tests.Feed;

/// <summary>The feed on a real coordinator, which goes away and comes back on the same address.</summary>
public sealed class CoordinatorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mammut-dashboard-");
    private readonly CoordinatorOptions _coordinator;

    public CoordinatorTests()
    {
        int[] ports = FreePorts(3);
        _coordinator = new CoordinatorOptions { Store = _folder.FullName, SiloPort = ports[0], GatewayPort = ports[1], HttpPort = ports[2] };
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Feed_ReadsWatchesAndCommands_AndComesBackAfterARestart()
    {
        await using var connection = new ClusterConnection(new DashboardOptions { CoordinatorPort = _coordinator.GatewayPort }, TimeProvider.System, NullLogger<ClusterConnection>.Instance);
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

    private static RunSubmission Submission() => new()
    {
        RunId = "one", Name = "one", Spec = "name: one\n", TotalSteps = 100, GlobalBatch = 8, Lanes = 4, MinWorkers = 1, MaxWorkers = 2, Store = "runs",
    };

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }

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
