using MammutScale.Contracts;
using MammutScale.Coordinator.Hosting;
using MammutScale.Coordinator.Rendezvous;
using MammutScale.Storage;
using Orleans.TestingHost;

namespace MammutScale.Coordinator.Tests.Runs;

/// <summary>A coordinator in this process, on a store that outlives it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private Cluster(InProcessTestCluster cluster) => _cluster = cluster;

    public static async Task<Cluster> StartAsync(IBlobStore store, RendezvousOptions? options = null)
    {
        var builder = new InProcessTestClusterBuilder(1);
        options ??= new RendezvousOptions { InitialSettle = TimeSpan.FromSeconds(0.1), RecoverySettle = TimeSpan.Zero, Heartbeat = TimeSpan.FromSeconds(20) };
        builder.ConfigureSilo((_, silo) => silo.AddRuns(store, options));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new Cluster(cluster);
    }

    public IRunGrain Run(string id = "tiny") => _cluster.Client.GetGrain<IRunGrain>(id);

    public IRunsGrain Runs => _cluster.Client.GetGrain<IRunsGrain>(0);

    /// <summary>Ends without any farewell, as a crash would.</summary>
    public Task KillAsync() => _cluster.KillSiloAsync(_cluster.Silos[0]);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
