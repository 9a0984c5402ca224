using MammutScale.Contracts;

namespace MammutScale.Dashboard.Feed;

/// <summary>Where the dashboard's runs come from: the coordinator, or an invented run in tests.</summary>
public interface IRunFeed
{
    /// <exception cref="FeedUnavailableException">The source cannot be reached; true of every method here.</exception>
    Task<IReadOnlyList<RunSnapshot>> ListAsync(CancellationToken cancellation);

    /// <summary>Null when there is no such run.</summary>
    Task<RunSnapshot?> GetAsync(string runId, CancellationToken cancellation);

    /// <summary>At most <paramref name="buckets"/> buckets between two steps (inclusive; null: from the start, to the newest).</summary>
    Task<SeriesBlock> GetHistoryAsync(string runId, long? from, long? to, int buckets, CancellationToken cancellation);

    /// <summary>The current state first, then what changes.</summary>
    IAsyncEnumerable<RunUpdate> WatchAsync(string runId, CancellationToken cancellation);

    /// <exception cref="Contracts.RunRefusedException">The coordinator says no, and why.</exception>
    Task<RunSnapshot> CommandAsync(string runId, RunCommand command, CancellationToken cancellation);
}

/// <summary>The source of runs is away for the moment; the message says what was asked for where.</summary>
public sealed class FeedUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
