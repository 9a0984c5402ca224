using System.Net;
using System.Net.Sockets;
using MammutScale.Contracts;
using MammutScale.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace MammutScale.Worker.Cluster;

/// <summary>
/// The coordinator through an Orleans client. The client is made anew when it has had no answer for a while: a coordinator may
/// come back under another address of the same name.
/// </summary>
internal sealed class OrleansCoordinator(CoordinatorAddress address, TimeProvider time, ILogger log) : ICoordinator, IAsyncDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Renew = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _connecting = new(1);
    private IHost? _client;
    private long? _failingSince;

    /// <summary>A gateway that takes a connection and then says nothing is given up after this; connecting has no limit of its own.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(20);

    public Task<WorkerOrders> JoinAsync(WorkerHello hello, CancellationToken cancellation) => AskAsync(run => run.Join(hello), cancellation);

    public Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellation) => AskAsync(run => run.Report(report), cancellation);

    public Task LeaveAsync(string workerId, string reason, CancellationToken cancellation) => AskAsync(async run =>
    {
        await run.Leave(workerId, reason);
        return true;
    }, cancellation);

    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        _connecting.Dispose();
    }

    /// <exception cref="CoordinatorAwayException">No answer.</exception>
    public async Task<T> AskAsync<T>(Func<IRunGrain, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            var client = await ClientAsync(cancellation);
            var answer = await call(client.Services.GetRequiredService<IClusterClient>().GetGrain<IRunGrain>(address.Run)).WaitAsync(cancellation);
            if (_failingSince is not null) log.LogInformation("the coordinator at {Address} answers again", address);
            _failingSince = null;
            return answer;
        }
        catch (Exception e) when (IsAway(e, cancellation))
        {
            await NoteFailureAsync(e);
            throw new CoordinatorAwayException($"The coordinator at {address} does not answer: {e.Message}", e);
        }
    }

    /// <summary>A client that cannot connect says so by cancelling its own start.</summary>
    private static bool IsAway(Exception fault, CancellationToken cancellation) => fault is OrleansException or TimeoutException or SocketException or OperationCanceledException or RunRefusedException or ObjectDisposedException or InvalidOperationException
        && !cancellation.IsCancellationRequested;

    private async Task NoteFailureAsync(Exception fault)
    {
        if (_failingSince is not { } since)
        {
            _failingSince = time.GetTimestamp();
            log.LogWarning("the coordinator at {Address} does not answer, trying again: {Fault}", address, fault.Message);
            return;
        }

        if (time.GetElapsedTime(since) < Renew) return;
        _failingSince = time.GetTimestamp();
        await DropAsync();
    }

    private async Task<IHost> ClientAsync(CancellationToken cancellation)
    {
        if (_client is { } connected) return connected;
        await _connecting.WaitAsync(cancellation);
        try
        {
            if (_client is { } meanwhile) return meanwhile;
            var client = Build(await ResolveAsync(cancellation));
            using var limit = new CancellationTokenSource(ConnectLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            try
            {
                await client.StartAsync(either.Token).WaitAsync(either.Token);
            }
            catch (OperationCanceledException e) when (limit.IsCancellationRequested)
            {
                client.Dispose();
                throw new TimeoutException($"it took the connection and said nothing for {ConnectLimit.TotalSeconds:0.#} s", e);
            }
            catch
            {
                client.Dispose();
                throw;
            }

            return _client = client;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<IPEndPoint> ResolveAsync(CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(address.Host, cancellation);
        var chosen = addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses.FirstOrDefault()
            ?? throw new SocketException((int)SocketError.HostNotFound);
        return new IPEndPoint(chosen, address.Port);
    }

    private IHost Build(IPEndPoint gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.UsePlainLines();
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(gateway);
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (address.ClusterId, ClusterNames.ServiceId));
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
            client.Configure<ClientMessagingOptions>(messages => messages.ResponseTimeout = Answer);
        });
        return builder.Build();
    }

    private async Task DropAsync()
    {
        if (Interlocked.Exchange(ref _client, null) is not { } client) return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        try
        {
            await client.StopAsync(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or OrleansException)
        {
            // it is given up either way
        }

        client.Dispose();
    }
}
