using System.Net;
using MammutScale.Cli.Output;
using MammutScale.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace MammutScale.Cli.Cluster;

/// <summary>A connection to a coordinator, host:port of its gateway.</summary>
internal sealed class CoordinatorClient : IAsyncDisposable
{
    private readonly IHost _host;

    private CoordinatorClient(IHost host) => _host = host;

    private IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    public IRunsGrain Runs => Grains.GetGrain<IRunsGrain>(0);

    public IRunGrain Run(string runId) => Grains.GetGrain<IRunGrain>(runId);

    /// <summary>Connects, waiting up to <paramref name="patience"/> for the coordinator to answer.</summary>
    public static async Task<CoordinatorClient> ConnectAsync(string address, TimeSpan patience, CancellationToken cancellation)
    {
        if (!IPEndPoint.TryParse(await ResolveAsync(address, cancellation), out var endpoint) || endpoint.Port == 0)
            throw new UserException($"--coordinator is '{address}', expected host:port such as 127.0.0.1:30000.");
        var time = TimeProvider.System;
        long begun = time.GetTimestamp();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client => client
            .UseStaticClustering(endpoint)
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("mammutscale", "mammutscale"))
            .UseConnectionRetryFilter(async (_, token) =>
            {
                if (time.GetElapsedTime(begun) > patience) return false;
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, token);
                return true;
            }));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            host.Dispose();
            throw new UserException($"No coordinator answers at {address}; start one with `mammut coordinator`, or name another with --coordinator host:port.");
        }

        return new CoordinatorClient(host);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
            await _host.StopAsync(limit.Token);
        }
        catch (Exception)
        {
            // the coordinator may be gone already
        }

        _host.Dispose();
    }

    private static async Task<string> ResolveAsync(string address, CancellationToken cancellation)
    {
        int colon = address.LastIndexOf(':');
        if (colon <= 0 || IPEndPoint.TryParse(address, out _)) return address;
        try
        {
            var found = await Dns.GetHostAddressesAsync(address[..colon], cancellation);
            return found.Length == 0 ? address : new IPEndPoint(found[0], 0).Address + address[colon..];
        }
        catch (System.Net.Sockets.SocketException)
        {
            throw new UserException($"The host of --coordinator {address} is not known.");
        }
    }
}
