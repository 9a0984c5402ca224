using MammutScale.Cli.Output;

namespace MammutScale.Cli.Cluster;

/// <summary>A coordinator and a dashboard as processes on this machine, kept alive. Workers are a <see cref="WorkerPool"/>.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly KeptProcess _coordinator;
    private readonly DashboardProcess _dashboard;

    private LocalCluster(KeptProcess coordinator, DashboardProcess dashboard, CoordinatorClient client, string address) =>
        (_coordinator, _dashboard, Client, Address) = (coordinator, dashboard, client, address);

    public CoordinatorClient Client { get; }

    /// <summary>host:port of the coordinator's gateway.</summary>
    public string Address { get; }

    /// <summary>Address of the dashboard.</summary>
    public string Page => _dashboard.Page;

    /// <summary>Done when the coordinator cannot be kept alive; <see cref="Failure"/> then says why.</summary>
    public Task Lost => _coordinator.GivenUp;

    /// <summary>Why the coordinator could not be kept alive.</summary>
    public string Failure => _coordinator.Failure;

    /// <param name="work">Where state and logs go.</param>
    /// <param name="dashboardPort">The dashboard's port; null takes the first free one from 8080 on.</param>
    /// <param name="report">Told the dashboard's address before anything is started.</param>
    public static async Task<LocalCluster> StartAsync(WorkDirectory work, int? dashboardPort, Report report, CancellationToken cancellation)
    {
        if (dashboardPort is { } asked) Ports.Require(asked, "--port");
        int[] ports = Ports.Free(3);
        string address = $"127.0.0.1:{ports[1]}";
        var dashboard = new DashboardProcess(address, dashboardPort, Path.Combine(work.Logs, "dashboard.log"), report);
        var coordinator = new KeptProcess(() => ChildProcess.Start("coordinator", Path.Combine(work.Logs, "coordinator.log"),
            ["coordinator", "--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--http-port", $"{ports[2]}", "--store", work.Store,
             // the parent tells of deaths at once: a starved machine must not pass for one
             "--heartbeat-seconds", "10"]), report);
        try
        {
            var client = await ConnectAsync(coordinator, address, cancellation);
            return new LocalCluster(coordinator, dashboard, client, address);
        }
        catch
        {
            await dashboard.DisposeAsync();
            await coordinator.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Task.WhenAll(_dashboard.DisposeAsync().AsTask(), _coordinator.DisposeAsync().AsTask());
    }

    private static async Task<CoordinatorClient> ConnectAsync(KeptProcess coordinator, string address, CancellationToken cancellation)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var connecting = CoordinatorClient.ConnectAsync(address, Patience, gone.Token);
        if (await Task.WhenAny(connecting, coordinator.GivenUp) == coordinator.GivenUp)
        {
            await gone.CancelAsync();
            throw new UserException($"The coordinator did not start. {coordinator.Failure}");
        }

        return await connecting;
    }
}
