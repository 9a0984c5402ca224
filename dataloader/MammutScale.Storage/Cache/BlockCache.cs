using System.IO.Hashing;
using System.Text;

namespace MammutScale.Storage.Cache;

/// <summary>
/// A folder of blocks that the processes of a node share. A block's name is a hash of store, key, version and place, so a replaced
/// blob never meets its old blocks. The longest unused go first when the bound is met.
/// </summary>
internal sealed class BlockCache : IDisposable
{
    /// <summary>Bytes a block; the last of a blob is shorter.</summary>
    public const int BlockSize = 1024 * 1024;

    private const string Extension = ".block";
    private const double KeepAfterEviction = 0.9;
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);
    private readonly string _folder;
    private readonly long _limit;
    private readonly TimeProvider _time;
    private readonly CacheUsage _usage;
    private readonly string _lockPath;

    public BlockCache(string folder, long limit, TimeProvider time)
    {
        if (limit < BlockFile.SizeOf(BlockSize)) throw new StorageException(StorageFault.Invalid, $"A disk cache of {limit} bytes cannot hold one block of {BlockSize}.");
        (_folder, _limit, _time) = (folder, limit, time);
        try
        {
            Directory.CreateDirectory(folder);
            _lockPath = Path.Combine(folder, "evict.lock");
            _usage = new CacheUsage(Path.Combine(folder, "usage"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.Denied, $"Cannot use {folder} as a disk cache: {e.Message}", e);
        }

        Evict(); // counts what earlier processes left
    }

    /// <summary>Bytes on disk, by the shared count.</summary>
    public long Bytes => _usage.Bytes;

    public static string NameOf(string address, BlobInfo blob, long block)
    {
        var hash = XxHash128.Hash(Encoding.UTF8.GetBytes($"{address}\n{blob.Key}\n{blob.ETag}\n{blob.Length}\n{block}"));
        return Convert.ToHexStringLower(hash);
    }

    public bool TryRead(string name, Memory<byte> block)
    {
        var path = PathOf(name);
        if (!BlockFile.TryRead(path, block)) return false;
        Touch(path);
        return true;
    }

    /// <summary>Best effort: a full or broken disk costs speed, never data.</summary>
    public void Write(string name, ReadOnlySpan<byte> block)
    {
        var size = BlockFile.SizeOf(block.Length);
        try
        {
            if (_usage.Add(size) > _limit) Evict(size);
            BlockFile.Write(PathOf(name), block);
            Touch(PathOf(name), always: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _usage.Add(-size);
        }
    }

    public void Dispose() => _usage.Dispose();

    /// <summary>One process of the node evicts; the others go on meanwhile.</summary>
    private void Evict(long reserved = 0)
    {
        using var held = TryHold();
        if (held is null) return;
        var blocks = new List<FileInfo>();
        var abandoned = (_time.GetUtcNow() - AbandonedAfter).UtcDateTime;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.Name.EndsWith(Extension, StringComparison.Ordinal)) blocks.Add(file);
            else if (file.Name.EndsWith(BlockFile.TemporarySuffix, StringComparison.Ordinal) && file.LastWriteTimeUtc < abandoned) BlockFile.Remove(file.FullName);
        }

        var sum = blocks.Sum(b => b.Length);
        if (sum + reserved > _limit)
        {
            blocks.Sort((a, b) => a.LastWriteTimeUtc.CompareTo(b.LastWriteTimeUtc));
            foreach (var block in blocks)
            {
                if (sum + reserved <= _limit * KeepAfterEviction) break;
                BlockFile.Remove(block.FullName);
                sum -= block.Length;
            }
        }

        _usage.Bytes = sum + reserved;
    }

    private FileStream? TryHold()
    {
        try
        {
            return new FileStream(_lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Touch(string path, bool always = false)
    {
        try
        {
            var now = _time.GetUtcNow().UtcDateTime;
            if (always || now - File.GetLastWriteTimeUtc(path) > TouchEvery) File.SetLastWriteTimeUtc(path, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // evicted by another process this moment
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name[..2], name + Extension);
}
