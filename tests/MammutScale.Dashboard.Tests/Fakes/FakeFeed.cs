using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MammutScale.Contracts;
using MammutScale.Dashboard.Feed;

namespace MammutScale.Dashboard.Tests.Fakes;

/// <summary>Stands where the coordinator stands: invented runs that the test moves, and that can go away.</summary>
internal sealed class FakeFeed : IRunFeed
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, InventedRun> _runs = [];
    private readonly Dictionary<string, List<Channel<RunUpdate>>> _watchers = [];
    private bool _away;

    public List<(string RunId, RunCommand Command)> Commands { get; } = [];

    public string? Refusal { get; set; }

    public int Watchers
    {
        get
        {
            lock (_gate) return _watchers.Values.Sum(w => w.Count);
        }
    }

    public FakeFeed With(params InventedRun[] runs)
    {
        foreach (var run in runs) _runs[run.Name] = run;
        return this;
    }

    public InventedRun this[string name] => _runs[name];

    /// <summary>Commits steps and tells everyone who watches.</summary>
    public void Commit(string name, int count) => Publish(name, run => run.Commit(count));

    public void Change(string name, Action<InventedRun> change) => Publish(name, run =>
    {
        run.Change(change);
        return [];
    });

    public void GoAway()
    {
        lock (_gate)
        {
            _away = true;
            foreach (var watcher in _watchers.Values.SelectMany(w => w)) watcher.Writer.TryComplete(new FeedUnavailableException("The coordinator at fake:1 does not answer."));
            _watchers.Clear();
        }
    }

    public void ComeBack()
    {
        lock (_gate) _away = false;
    }

    public Task<IReadOnlyList<RunSnapshot>> ListAsync(CancellationToken cancellation)
        => Answer<IReadOnlyList<RunSnapshot>>(() => [.. _runs.Values.Select(r => r.Snapshot())]);

    public Task<RunSnapshot?> GetAsync(string runId, CancellationToken cancellation)
        => Answer(() => _runs.GetValueOrDefault(runId)?.Snapshot());

    public Task<SeriesBlock> GetHistoryAsync(string runId, long? from, long? to, int buckets, CancellationToken cancellation) => Answer(() =>
    {
        var run = _runs[runId];
        return Buckets.Of(run.Steps.Where(s => s.Step >= (from ?? 0) && s.Step <= (to ?? long.MaxValue)), buckets, run.Snapshot().Sequence);
    });

    public Task<RunSnapshot> CommandAsync(string runId, RunCommand command, CancellationToken cancellation) => Answer(() =>
    {
        if (Refusal is { } no) throw new RunRefusedException(no);
        Commands.Add((runId, command));
        return _runs[runId].Snapshot();
    });

    public async IAsyncEnumerable<RunUpdate> WatchAsync(string runId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateUnbounded<RunUpdate>();
        lock (_gate)
        {
            if (_away) throw new FeedUnavailableException("The coordinator at fake:1 does not answer.");
            if (!_watchers.TryGetValue(runId, out var list)) _watchers[runId] = list = [];
            list.Add(channel);
            channel.Writer.TryWrite(new RunUpdate { Snapshot = _runs[runId].Snapshot(), Steps = [] });
        }
        try
        {
            await foreach (var update in channel.Reader.ReadAllAsync(cancellation)) yield return update;
        }
        finally
        {
            lock (_gate) _watchers.GetValueOrDefault(runId)?.Remove(channel);
        }
    }

    private void Publish(string name, Func<InventedRun, IReadOnlyList<StepRecord>> change)
    {
        lock (_gate)
        {
            var steps = change(_runs[name]);
            foreach (var watcher in _watchers.GetValueOrDefault(name) ?? [])
                watcher.Writer.TryWrite(new RunUpdate { Snapshot = _runs[name].Snapshot(), Steps = steps });
        }
    }

    private Task<T> Answer<T>(Func<T> answer)
    {
        lock (_gate)
        {
            if (_away) return Task.FromException<T>(new FeedUnavailableException("The coordinator at fake:1 does not answer."));
            try
            {
                return Task.FromResult(answer());
            }
            catch (RunRefusedException refused)
            {
                return Task.FromException<T>(refused);
            }
        }
    }
}
