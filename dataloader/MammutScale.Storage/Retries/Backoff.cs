using System.Security.Cryptography;

namespace MammutScale.Storage.Retries;

/// <summary>
/// Waits longer after every failure, up to a cap, with jitter so that a thousand workers do not come back together. The only layer
/// that retries: the client library below is told not to.
/// </summary>
internal sealed class Backoff(TimeProvider time, int attempts, TimeSpan first, TimeSpan cap)
{
    private const int JitterSteps = 1000;

    /// <summary>About a minute in all before giving up.</summary>
    public static Backoff Default(TimeProvider time) => new(time, attempts: 9, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(15));

    /// <param name="call">Gets the number of the attempt, from 0.</param>
    /// <param name="isTransient">Whether trying again can help.</param>
    /// <param name="hint">How long the other side asks to wait, if it does.</param>
    public async ValueTask<T> RunAsync<T>(Func<int, CancellationToken, ValueTask<T>> call, Func<Exception, bool> isTransient, Func<Exception, TimeSpan?> hint, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call(attempt, cancellation);
            }
            catch (Exception e) when (attempt + 1 < attempts && !cancellation.IsCancellationRequested && isTransient(e))
            {
                await Task.Delay(DelayAfter(attempt, hint(e)), time, cancellation);
            }
        }
    }

    internal TimeSpan DelayAfter(int attempt, TimeSpan? asked)
    {
        var full = Math.Min(cap.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, attempt));
        var jittered = full * (0.5 + 0.5 * RandomNumberGenerator.GetInt32(JitterSteps) / JitterSteps);
        return TimeSpan.FromMilliseconds(Math.Max(jittered, Math.Min(cap.TotalMilliseconds, asked?.TotalMilliseconds ?? 0)));
    }
}
