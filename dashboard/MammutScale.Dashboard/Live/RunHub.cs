using MammutScale.Contracts;
using MammutScale.Dashboard.Feed;

namespace MammutScale.Dashboard.Live;

/// <summary>
/// One run, watched once for everyone who looks at it. It comes back by itself when the feed was away; the first update
/// after that carries the mark that something may be missing.
/// </summary>
internal sealed class RunHub : IAsyncDisposable
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);
    private readonly string _runId;
    private readonly IRunFeed _feed;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscribers = [];
    private readonly Task _work;
    private DateTimeOffset? _heard;
    private DateTimeOffset? _retryAt;
    private bool _away;

    public RunHub(string runId, IRunFeed feed, TimeProvider time)
    {
        (_runId, _feed, _time) = (runId, feed, time);
        _work = Task.WhenAll(Task.Run(WatchAsync), Task.Run(ProbeAsync));
    }

    /// <summary>The last update's snapshot; null before the first.</summary>
    public RunSnapshot? Latest { get; private set; }

    public Contact Contact
    {
        get
        {
            lock (_gate) return new Contact(!_away, _heard, _away ? _retryAt : null);
        }
    }

    public Subscription Subscribe()
    {
        var subscription = new Subscription(Leave);
        lock (_gate) _subscribers.Add(subscription);
        return subscription;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        bool again = false;
        var wait = TimeSpan.FromMilliseconds(500);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await foreach (var update in _feed.WatchAsync(_runId, _end.Token))
                {
                    wait = TimeSpan.FromMilliseconds(500);
                    Heard();
                    Publish(again ? update with { Gap = true } : update);
                    again = false;
                }
            }
            catch (FeedUnavailableException)
            {
                Lost(_time.GetUtcNow() + wait);
            }
            catch (Exception)
            {
                // cancelled, or a stream that broke: the probe says whether the coordinator is away
            }
            again = true;
            if (!await PauseAsync(wait)) return;
            wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
        }
    }

    private async Task ProbeAsync()
    {
        while (await PauseAsync(Heartbeat))
        {
            try
            {
                await _feed.GetAsync(_runId, _end.Token);
                Heard();
            }
            catch (FeedUnavailableException)
            {
                Lost(_time.GetUtcNow() + Heartbeat);
            }
            catch (Exception)
            {
                // cancelled
            }
            Broadcast(Contact);
        }
    }

    private async Task<bool> PauseAsync(TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, _time, _end.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Heard()
    {
        lock (_gate) (_heard, _away, _retryAt) = (_time.GetUtcNow(), false, null);
    }

    private void Lost(DateTimeOffset retryAt)
    {
        bool first;
        lock (_gate)
        {
            first = !_away;
            (_away, _retryAt) = (true, retryAt);
        }
        if (first) Broadcast(Contact);
    }

    private void Publish(RunUpdate update)
    {
        lock (_gate)
        {
            Latest = update.Snapshot;
            foreach (var subscriber in _subscribers) subscriber.Send(new RunChanged(update));
        }
    }

    private void Broadcast(LiveMessage message)
    {
        lock (_gate)
        {
            foreach (var subscriber in _subscribers) subscriber.Send(message);
        }
    }

    private void Leave(Subscription subscription)
    {
        lock (_gate) _subscribers.Remove(subscription);
    }
}
