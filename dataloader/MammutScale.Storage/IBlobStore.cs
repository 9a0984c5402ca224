namespace MammutScale.Storage;

/// <summary>
/// Named, immutable-once-published byte strings under one address. Keys are relative paths with forward slashes. A write is
/// seen whole or not at all, by every reader and after any crash. All members may be called from many threads at once and throw
/// <see cref="StorageException"/>.
/// </summary>
public interface IBlobStore
{
    /// <summary>Where this is, as a person would write it: a folder or <c>az://container/prefix</c>.</summary>
    string Address { get; }

    /// <summary>Null when there is no such blob.</summary>
    ValueTask<BlobInfo?> StatAsync(string key, CancellationToken cancellation = default);

    /// <summary>Every blob whose key starts with <paramref name="prefix"/> (a plain string prefix; empty for all), in ordinal order of keys.</summary>
    IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation = default);

    /// <summary>Opens one version of a blob for reading ranges.</summary>
    /// <exception cref="StorageException"><see cref="StorageFault.NotFound"/>.</exception>
    ValueTask<IBlobReader> OpenAsync(string key, CancellationToken cancellation = default);

    /// <summary>All bytes of a blob, for small ones; null when there is no such blob.</summary>
    ValueTask<BlobContent?> TryReadAllAsync(string key, CancellationToken cancellation = default) => BlobContent.TryReadAsync(this, key, cancellation);

    /// <summary>
    /// Publishes what <paramref name="content"/> writes to the stream it is given, once it has returned and if
    /// <paramref name="condition"/> holds. When it throws nothing is published. Memory is bounded whatever the length.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageFault.ConditionFailed"/>.</exception>
    ValueTask<BlobInfo> WriteAsync(string key, Func<Stream, CancellationToken, ValueTask> content, BlobCondition condition = default, CancellationToken cancellation = default);

    /// <summary>False when there was nothing to delete.</summary>
    /// <exception cref="StorageException"><see cref="StorageFault.ConditionFailed"/> when another version than asked for is there.</exception>
    ValueTask<bool> DeleteAsync(string key, BlobCondition condition = default, CancellationToken cancellation = default);
}

/// <summary>One version of one blob; may be read from many threads at once.</summary>
public interface IBlobReader : IDisposable
{
    BlobInfo Blob { get; }

    /// <summary>
    /// Fills <paramref name="destination"/> from <paramref name="offset"/>; fewer bytes only where the blob ends. Local reads
    /// complete on the calling thread.
    /// </summary>
    /// <returns>min(destination.Length, max(0, Length − offset)).</returns>
    /// <exception cref="StorageException"><see cref="StorageFault.Changed"/> when the blob was replaced or cut since it was opened.</exception>
    ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation = default);
}
