using System.Net;

namespace MammutScale.Collectives.Tests.Support;

/// <summary>Whole groups inside the test process.</summary>
internal sealed class Groups : IDisposable
{
    public static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly IDisposable[] _listeners;

    private Groups(ICollectives[] ranks, IDisposable[] listeners) => (Ranks, _listeners) = (ranks, listeners);

    public ICollectives[] Ranks { get; }

    /// <summary>Groups that somebody else disposes of.</summary>
    public static Groups Of(ICollectives[] ranks) => new(ranks, []);

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
        Exception? first = null;
        var threads = Ranks.Select(rank => new Thread(() =>
        {
            try
            {
                action(rank);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref first, e, null);
                // the others may be waiting for this one
                foreach (var each in Ranks) each.Abort("a test failed");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (first is not null) throw new AggregateException(first);
    }

    public void Dispose()
    {
        foreach (var rank in Ranks) rank.Dispose();
        foreach (var listener in _listeners) listener.Dispose();
    }
}
