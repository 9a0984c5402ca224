using System.Runtime.ExceptionServices;
using MammutScale.Collectives;

namespace MammutScale.Training.Tests.Support;

/// <summary>Runs a body once for each rank, every one on a thread of its own.</summary>
internal static class Ranks
{
    public static T[] Run<T>(int world, Func<ICollectives, T> body) => Run(InProcessGroup.Create(world), body);

    /// <summary>The same over TCP on this machine, as worker processes do it.</summary>
    public static T[] RunOverTcp<T>(int world, Func<ICollectives, T> body)
    {
        var listeners = Enumerable.Range(0, world).Select(_ => TcpRendezvousListener.Bind("127.0.0.1")).ToArray();
        var secret = new byte[32];
        var joining = listeners.Select((listener, rank) => TcpGroup.ConnectAsync(new TcpGroupOptions
        {
            Rank = rank,
            EndPoints = [.. listeners.Select(l => l.EndPoint)],
            Secret = secret,
            Generation = 1,
            Listener = listener,
            SharedMemory = false,
        }));
        ICollectives[] groups = [.. Task.WhenAll(joining).GetAwaiter().GetResult()];
        try
        {
            return Run(groups, body);
        }
        finally
        {
            foreach (var listener in listeners) listener.Dispose();
        }
    }

    public static T[] Run<T>(ICollectives[] groups, Func<ICollectives, T> body)
    {
        var results = new T[groups.Length];
        var failures = new Exception?[groups.Length];
        var threads = groups.Select((group, rank) => new Thread(() =>
        {
            try
            {
                results[rank] = body(group);
            }
            catch (Exception e)
            {
                failures[rank] = e;
                group.Abort(e.Message);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        foreach (var group in groups) group.Dispose();
        // the rank that failed first tells more than those that lost their peer
        var failure = failures.FirstOrDefault(f => f is not null and not CollectiveException) ?? failures.FirstOrDefault(f => f is not null);
        if (failure is not null) ExceptionDispatchInfo.Capture(failure).Throw();
        return results;
    }

    /// <summary>How many samples of a batch each rank gets; uneven where they do not divide.</summary>
    public static (int First, int Count) Part(int batch, int rank, int world) =>
        (batch * rank / world, batch * (rank + 1) / world - batch * rank / world);
}
