using System.Net;
using System.Net.Sockets;
using MammutScale.Dashboard.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace MammutScale.Dashboard.Feed;

/// <summary>
/// One Orleans client that is made anew when it no longer reaches its gateway. The page must be served while the
/// coordinator is away, so connecting never blocks the start of the process.
/// </summary>
internal sealed partial class ClusterConnection(DashboardOptions options, TimeProvider time, ILogger<ClusterConnection> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IHost? _host;
    private IClusterClient? _client;

    /// <summary>A gateway that takes a connection and then says nothing is given up after this.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(4);

    public string Address => $"{options.CoordinatorAddress}:{options.CoordinatorPort}";

    /// <exception cref="FeedUnavailableException">No gateway answers.</exception>
    public async Task<IClusterClient> GetClientAsync(CancellationToken cancellation)
    {
        if (_client is { } ready) return ready;
        await _gate.WaitAsync(cancellation);
        try
        {
            return _client ??= await ConnectAsync(cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Drops a client that failed, unless another caller has done so already.</summary>
    public async Task ResetAsync(IClusterClient failed)
    {
        IHost? old = null;
        await _gate.WaitAsync();
        try
        {
            if (ReferenceEquals(_client, failed)) (old, _host, _client) = (_host, null, null);
        }
        finally
        {
            _gate.Release();
        }
        if (old is not null) await CloseAsync(old);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client) await ResetAsync(client);
        _gate.Dispose();
    }

    private async Task<IClusterClient> ConnectAsync(CancellationToken cancellation)
    {
        var address = await ResolveAsync(cancellation);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client => client
            .UseStaticClustering(new IPEndPoint(address, options.CoordinatorPort))
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (options.ClusterId, options.ServiceId))
            .Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(10)));
        var host = builder.Build();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await host.StartAsync(limit.Token).WaitAsync(ConnectLimit, time, cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            await CloseAsync(host);
            throw new FeedUnavailableException($"No coordinator answers at {Address}.", fault);
        }
        _host = host;
        Connected(log, Address);
        return (IClusterClient)host.Services.GetService(typeof(IClusterClient))!;
    }

    private async Task<IPAddress> ResolveAsync(CancellationToken cancellation)
    {
        try
        {
            var found = await Dns.GetHostAddressesAsync(options.CoordinatorAddress, cancellation);
            return found.OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (SocketException fault)
        {
            throw new FeedUnavailableException($"The coordinator's host {options.CoordinatorAddress} has no address.", fault);
        }
    }

    private static async Task CloseAsync(IHost host)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await host.StopAsync(limit.Token);
        }
        catch (Exception)
        {
            // it is being thrown away because it no longer works
        }
        host.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the coordinator at {Address}.")]
    private static partial void Connected(ILogger log, string address);
}
