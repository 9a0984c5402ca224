using System.Net;
using MammutScale.Contracts;
using MammutScale.Coordinator.Machine;
using MammutScale.Coordinator.Metrics;
using MammutScale.Coordinator.Persistence;
using MammutScale.Coordinator.Rendezvous;
using MammutScale.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Storage;

namespace MammutScale.Coordinator.Hosting;

/// <summary>What a silo of ours needs, in production and in tests.</summary>
internal static class SiloSetup
{
    public static ISiloBuilder AddMammutSilo(this ISiloBuilder silo, CoordinatorOptions options, IBlobStore store)
    {
        var address = options.Address();
        silo.UseDevelopmentClustering(new IPEndPoint(address, options.SiloPort));
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ClusterNames.ServiceId));
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = address;
            endpoints.SiloPort = options.SiloPort;
            endpoints.GatewayPort = options.GatewayPort;
            endpoints.SiloListeningEndpoint = new IPEndPoint(options.ListenAddress(), options.SiloPort);
            endpoints.GatewayListeningEndpoint = new IPEndPoint(options.ListenAddress(), options.GatewayPort);
        });
        return silo.AddRuns(store, new RendezvousOptions { Heartbeat = TimeSpan.FromSeconds(options.HeartbeatSeconds) });
    }

    public static ISiloBuilder AddRuns(this ISiloBuilder silo, IBlobStore store, RendezvousOptions options)
    {
        silo.Services.AddKeyedSingleton<IGrainStorage>(BlobGrainStorage.Name, (_, _) => new BlobGrainStorage(store));
        silo.Services.AddSingleton(store);
        silo.Services.AddSingleton(options);
        silo.Services.AddSingleton<RunMachine>();
        silo.Services.AddSingleton(_ => new RunInstruments(Prometheus.Metrics.NewCustomRegistry()));
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddHostedService<RunsPickup>();
        return silo;
    }
}

/// <summary>A started coordinator picks its runs up by itself, before anybody asks for them.</summary>
internal sealed class RunsPickup(IGrainFactory grains) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken) => await grains.GetGrain<IRunsGrain>(0).List().WaitAsync(stoppingToken);
}
