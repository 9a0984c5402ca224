using MammutScale.Storage.Local;

namespace MammutScale.Storage.Cache;

/// <summary>
/// A bounded cache on this machine's disk that is put before remote stores, for reading; all processes that name the same folder
/// share it and its bound. Stores must not be read after it was disposed.
/// </summary>
public sealed class DiskCache : IDisposable
{
    /// <summary>Names the folder when nothing else does; see <see cref="SizeVariable"/>.</summary>
    public const string FolderVariable = "MAMMUT_CACHE";

    /// <summary>The bound, such as 200GB.</summary>
    public const string SizeVariable = "MAMMUT_CACHE_SIZE";

    private readonly BlockCache _blocks;

    /// <param name="folder">Only the cache may write there.</param>
    /// <param name="limit">Bytes on disk, at most.</param>
    /// <exception cref="StorageException">The folder cannot be used, or the bound holds not even one block.</exception>
    public DiskCache(string folder, long limit, TimeProvider? time = null) => _blocks = new BlockCache(folder, limit, time ?? TimeProvider.System);

    /// <summary>Bytes on disk, those of other processes included.</summary>
    public long Bytes => _blocks.Bytes;

    /// <summary>The cache that the environment asks for, which is a matter of the node; null when it asks for none.</summary>
    /// <exception cref="StorageException">A variable makes no sense.</exception>
    public static DiskCache? FromEnvironment(TimeProvider? time = null, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        if (environment(FolderVariable) is not { Length: > 0 } folder) return null;
        var size = environment(SizeVariable);
        return size is { Length: > 0 } && ByteSize.TryParse(size, out var bytes)
            ? new DiskCache(folder, bytes, time)
            : throw new StorageException(StorageFault.Invalid, $"{FolderVariable} names a disk cache, and {SizeVariable} is {(string.IsNullOrEmpty(size) ? "missing" : $"'{size}'")}: give its largest size, such as 200GB.");
    }

    /// <summary>The store with the cache before it; one that is a folder already is returned as it is.</summary>
    public IBlobStore Before(IBlobStore store) => store is LocalBlobStore ? store : new CachedBlobStore(store, _blocks);

    public void Dispose() => _blocks.Dispose();
}
