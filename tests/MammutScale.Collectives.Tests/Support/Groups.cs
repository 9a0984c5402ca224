using System.Net;

namespace MammutScale.Collectives.Tests.Support;

/// <summary>Whole groups inside the test process.</summary>
internal sealed class Groups : IDisposable
{
    public static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly IDisposable[] _listeners;

    private Groups(ICollectives[] ranks, IDisposable[] listeners) => (Ranks, _listeners) = (ranks, listeners);

    public ICollectives[] Ranks { get; }

    public static Groups InProcess(int world) => new(InProcessGroup.Create(world), []);

    public static async Task<Groups> TcpAsync(int world, Func<TcpGroupOptions, TcpGroupOptions>? change = null)
    {
        var listeners = Enumerable.Range(0, world).Select(_ => TcpRendezvousListener.Bind("127.0.0.1")).ToArray();
        IPEndPoint[] endPoints = [.. listeners.Select(listener => listener.EndPoint)];
        var joining = Enumerable.Range(0, world).Select(rank =>
        {
            var options = new TcpGroupOptions { Rank = rank, EndPoints = endPoints, Secret = Secret, Generation = 1, Listener = listeners[rank] };
            return TcpGroup.ConnectAsync(change is null ? options : change(options));
        });
        return new(await Task.WhenAll(joining), listeners);
    }

    /// <summary>Does the same on every rank, each on a thread of its own.</summary>
    public void Each(Action<ICollectives> action)
    {
        var failures = new Exception?[Ranks.Length];
        var threads = Ranks.Select((rank, i) => new Thread(() =>
        {
            try
            {
                action(rank);
            }
            catch (Exception e)
            {
                failures[i] = e;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failures.FirstOrDefault(f => f is not null) is { } failure) throw new AggregateException(failure);
    }

    public void Dispose()
    {
        foreach (var rank in Ranks) rank.Dispose();
        foreach (var listener in _listeners) listener.Dispose();
    }
}
