namespace MammutScale.Storage.Cache;

/// <summary>Reads go through a disk cache of blocks; everything else goes straight to the store.</summary>
internal sealed class CachedBlobStore(IBlobStore inner, BlockCache cache) : IBlobStore, IDisposable
{
    public string Address => inner.Address;

    public ValueTask<BlobInfo?> StatAsync(string key, CancellationToken cancellation = default) => inner.StatAsync(key, cancellation);

    public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

    public async ValueTask<IBlobReader> OpenAsync(string key, CancellationToken cancellation = default)
        => new CachedBlobReader(await inner.OpenAsync(key, cancellation), inner.Address, cache);

    public ValueTask<BlobInfo> WriteAsync(string key, Func<Stream, CancellationToken, ValueTask> content, BlobCondition condition = default, CancellationToken cancellation = default)
        => inner.WriteAsync(key, content, condition, cancellation);

    public ValueTask<bool> DeleteAsync(string key, BlobCondition condition = default, CancellationToken cancellation = default) => inner.DeleteAsync(key, condition, cancellation);

    public void Dispose() => cache.Dispose();
}
