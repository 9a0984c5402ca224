using MammutScale.Cli.Output;

namespace MammutScale.Cli.Cluster;

/// <summary>A coordinator and a dashboard as processes on this machine. Workers are a <see cref="WorkerPool"/>.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private readonly ChildProcess _coordinator;
    private readonly ChildProcess _dashboard;

    private LocalCluster(ChildProcess coordinator, ChildProcess dashboard, CoordinatorClient client, string address, string page) =>
        (_coordinator, _dashboard, Client, Address, Page) = (coordinator, dashboard, client, address, page);

    public CoordinatorClient Client { get; }

    /// <summary>host:port of the coordinator's gateway.</summary>
    public string Address { get; }

    /// <summary>Address of the dashboard.</summary>
    public string Page { get; }

    /// <param name="work">Where state and logs go.</param>
    /// <param name="dashboardPort">The dashboard's port; null takes the first free one from 8080 on.</param>
    /// <param name="report">Told the dashboard's address before anything is started.</param>
    public static async Task<LocalCluster> StartAsync(WorkDirectory work, int? dashboardPort, Report report, CancellationToken cancellation)
    {
        int port = dashboardPort is { } asked ? Ports.Require(asked, "--port") : Ports.FirstFree(8080);
        string page = $"http://127.0.0.1:{port}/";
        report.Line($"Dashboard: {page}");
        int[] ports = Ports.Free(3);
        string address = $"127.0.0.1:{ports[1]}";
        ChildProcess? coordinator = null, dashboard = null;
        try
        {
            coordinator = ChildProcess.Start("coordinator", Path.Combine(work.Logs, "coordinator.log"),
                ["coordinator", "--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--http-port", $"{ports[2]}", "--store", work.Store,
                 // the parent tells of deaths at once: a starved machine must not pass for one
                 "--heartbeat-seconds", "10"]);
            dashboard = ChildProcess.Start("dashboard", Path.Combine(work.Logs, "dashboard.log"), ["dashboard", "--coordinator", address, "--port", $"{port}"]);
            var client = await ConnectAsync(coordinator, address, cancellation);
            return new LocalCluster(coordinator, dashboard, client, address, page);
        }
        catch
        {
            coordinator?.Dispose();
            dashboard?.Dispose();
            throw;
        }
    }

    /// <summary>A sentence when the coordinator or the dashboard has ended by itself.</summary>
    public string? Failure()
    {
        foreach (var process in new[] { _coordinator, _dashboard })
        {
            if (process.HasExited) return $"The {process.Name} ended with code {process.ExitCode}: {LastWords(process)} Its log: {process.LogFile}";
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Task.WhenAll(_dashboard.StopAsync(Grace, TimeProvider.System), _coordinator.StopAsync(Grace, TimeProvider.System));
        _dashboard.Dispose();
        _coordinator.Dispose();
    }

    private static async Task<CoordinatorClient> ConnectAsync(ChildProcess coordinator, string address, CancellationToken cancellation)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var connecting = CoordinatorClient.ConnectAsync(address, Patience, gone.Token);
        var ended = coordinator.WaitAsync(gone.Token);
        if (await Task.WhenAny(connecting, ended) == ended && coordinator.HasExited)
        {
            await gone.CancelAsync();
            throw new UserException($"The coordinator did not start: {LastWords(coordinator)} Its log: {coordinator.LogFile}");
        }

        try
        {
            return await connecting;
        }
        finally
        {
            await gone.CancelAsync();
        }
    }

    private static string LastWords(ChildProcess process) => process.Tail.LastOrDefault(line => line.Length > 0) ?? "it said nothing.";
}
