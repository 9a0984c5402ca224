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

/// <summary>A blob read whole, with the version that the bytes belong to.</summary>
public sealed record BlobContent(byte[] Bytes, BlobInfo Blob)
{
    private const int Attempts = 5;

    /// <summary>Reads through <see cref="IBlobStore.OpenAsync"/>; null when there is no such blob.</summary>
    internal static async ValueTask<BlobContent?> TryReadAsync(IBlobStore store, string key, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var reader = await store.OpenAsync(key, cancellation);
                var bytes = new byte[CheckedLength(reader.Blob.Length, store, key)];
                await reader.ReadAsync(0, bytes, cancellation);
                return new BlobContent(bytes, reader.Blob);
            }
            catch (StorageException e) when (e.Fault == StorageFault.NotFound)
            {
                return null;
            }
            catch (StorageException e) when (e.Fault == StorageFault.Changed && attempt < Attempts)
            {
                // somebody published a newer version between our two requests: that one is as good
            }
        }
    }

    internal static int CheckedLength(long length, IBlobStore store, string key) => length <= Array.MaxLength ? (int)length
        : throw new StorageException(StorageFault.Invalid, $"'{key}' in {store.Address} has {length} bytes: too large to be read whole.");
}
