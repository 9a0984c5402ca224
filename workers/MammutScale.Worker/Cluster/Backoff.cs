namespace MammutScale.Worker.Cluster;

/// <summary>Waits that double up to a cap, spread by up to a half so that a thousand workers do not come at once.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, TimeProvider time, int seed)
{
    private readonly Random _random = new(seed);
    private int _attempt;

    public void Reset() => _attempt = 0;

    public TimeSpan Next()
    {
        var full = Math.Min(cap.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Min(_attempt++, 30)));
        return TimeSpan.FromSeconds(full * (0.5 + 0.5 * _random.NextDouble()));
    }

    public Task WaitAsync(CancellationToken cancellation) => Task.Delay(Next(), time, cancellation);
}
