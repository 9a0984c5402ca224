using MammutScale.Dashboard.Feed;

namespace MammutScale.Dashboard.Live;

/// <summary>A hub for each run that someone looks at; the last one to leave closes it.</summary>
internal sealed class RunHubs(IRunFeed feed, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (RunHub Hub, int Users)> _hubs = new(StringComparer.Ordinal);

    public int Viewers
    {
        get
        {
            lock (_gate) return _hubs.Values.Sum(h => h.Users);
        }
    }

    public Lease Open(string runId)
    {
        lock (_gate)
        {
            var (hub, users) = _hubs.TryGetValue(runId, out var known) ? known : (new RunHub(runId, feed, time), 0);
            _hubs[runId] = (hub, users + 1);
            return new Lease(this, runId, hub);
        }
    }

    public async ValueTask DisposeAsync()
    {
        RunHub[] all;
        lock (_gate)
        {
            all = [.. _hubs.Values.Select(h => h.Hub)];
            _hubs.Clear();
        }
        foreach (var hub in all) await hub.DisposeAsync();
    }

    private async ValueTask CloseAsync(string runId)
    {
        RunHub? last = null;
        lock (_gate)
        {
            if (!_hubs.TryGetValue(runId, out var known)) return;
            if (known.Users > 1) _hubs[runId] = (known.Hub, known.Users - 1);
            else if (_hubs.Remove(runId)) last = known.Hub;
        }
        if (last is not null) await last.DisposeAsync();
    }

    internal sealed class Lease(RunHubs hubs, string runId, RunHub hub) : IAsyncDisposable
    {
        public RunHub Hub => hub;

        public ValueTask DisposeAsync() => hubs.CloseAsync(runId);
    }
}
