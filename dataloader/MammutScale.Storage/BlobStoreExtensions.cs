namespace MammutScale.Storage;

/// <summary>The everyday forms of reading and writing, made of the members of <see cref="IBlobStore"/>.</summary>
public static class BlobStoreExtensions
{
    /// <summary>The range of a blob that fits <paramref name="destination"/>; fewer bytes only where the blob ends.</summary>
    public static async ValueTask<int> ReadAsync(this IBlobStore store, string key, long offset, Memory<byte> destination, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var reader = await store.OpenAsync(key, cancellation);
        return await reader.ReadAsync(offset, destination, cancellation);
    }

    /// <summary>All bytes of a blob, with the version they belong to.</summary>
    public static async ValueTask<BlobContent> ReadAllAsync(this IBlobStore store, string key, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await store.TryReadAllAsync(key, cancellation)
            ?? throw new StorageException(StorageFault.NotFound, $"{store.Address} has no '{key}'.");
    }

    public static ValueTask<BlobInfo> WriteAsync(this IBlobStore store, string key, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.WriteAsync(key, (stream, token) => stream.WriteAsync(content, token), condition, cancellation);
    }

    /// <summary>Copies the rest of <paramref name="content"/>.</summary>
    public static ValueTask<BlobInfo> WriteAsync(this IBlobStore store, string key, Stream content, BlobCondition condition = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.WriteAsync(key, async (stream, token) => await content.CopyToAsync(stream, token), condition, cancellation);
    }
}
