using System.Runtime.CompilerServices;
using MammutScale.Contracts;

namespace MammutScale.Dashboard.Feed;

/// <summary>Runs as the coordinator's grains tell them.</summary>
internal sealed class OrleansRunFeed(ClusterConnection connection, TimeProvider time) : IRunFeed
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);

    public Task<IReadOnlyList<RunSnapshot>> ListAsync(CancellationToken cancellation)
        => CallAsync(client => client.GetGrain<IRunsGrain>(0).List(), true, cancellation);

    public Task<RunSnapshot?> GetAsync(string runId, CancellationToken cancellation)
        => CallAsync(client => client.GetGrain<IRunGrain>(runId).GetSnapshot(), true, cancellation);

    public Task<SeriesBlock> GetHistoryAsync(string runId, long? from, long? to, int buckets, CancellationToken cancellation)
        => CallAsync(client => client.GetGrain<IRunGrain>(runId).GetHistory(from, to, buckets), false, cancellation);

    public Task<RunSnapshot> CommandAsync(string runId, RunCommand command, CancellationToken cancellation)
        => CallAsync(client => client.GetGrain<IRunGrain>(runId).Command(command), false, cancellation);

    public async IAsyncEnumerable<RunUpdate> WatchAsync(string runId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var client = await connection.GetClientAsync(cancellation);
        await using var updates = client.GetGrain<IRunGrain>(runId).Watch(cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync()) yield break;
            }
            catch (Exception fault) when (IsAway(fault) && !cancellation.IsCancellationRequested)
            {
                await connection.ResetAsync(client);
                throw Unavailable(fault);
            }
            yield return updates.Current;
        }
    }

    private async Task<T> CallAsync<T>(Func<IClusterClient, Task<T>> call, bool isProbe, CancellationToken cancellation)
    {
        var client = await connection.GetClientAsync(cancellation);
        try
        {
            return await call(client).WaitAsync(CallLimit, time, cancellation);
        }
        catch (Exception fault) when (IsAway(fault) && !cancellation.IsCancellationRequested)
        {
            // a slow answer to a large question is no reason to cut everyone else off
            if (isProbe || fault is not TimeoutException) await connection.ResetAsync(client);
            throw Unavailable(fault);
        }
    }

    // what the runtime throws when a gateway is gone, restarts or does not answer
    private static bool IsAway(Exception fault)
        => fault is TimeoutException or OrleansException or ObjectDisposedException or OperationCanceledException
            or System.Net.Sockets.SocketException or IOException or InvalidOperationException;

    private FeedUnavailableException Unavailable(Exception fault)
        => new($"The coordinator at {connection.Address} does not answer.", fault);
}
