using System.Diagnostics;
using MammutScale.Storage.Cache;
using MammutScale.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace MammutScale.Storage.Tests;

public sealed class DiskCacheTests : IDisposable
{
    private const int Block = BlockCache.BlockSize;
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly CountingStore _remote;

    public DiskCacheTests() => _remote = new CountingStore(BlobStores.Open(_folder.File("remote")));

    private string Folder => _folder.File("cache");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Range_ComesFromDisk_TheSecondTime()
    {
        var bytes = BlobStoreContract.Bytes(5 * Block + 123);
        await _remote.WriteAsync("k", bytes);
        using var store = Cached(100 * Block);
        var random = new Random(1);
        for (var i = 0; i < 50; i++)
        {
            var offset = random.Next(bytes.Length);
            var destination = new byte[random.Next(3 * Block)];
            var expected = Math.Min(destination.Length, bytes.Length - offset);
            (await store.ReadAsync("k", offset, destination)).ShouldBe(expected);
            destination.AsSpan(0, expected).SequenceEqual(bytes.AsSpan(offset, expected)).ShouldBeTrue();
        }

        _remote.BytesRead.ShouldBeLessThanOrEqualTo(bytes.Length);
        var before = _remote.BytesRead;
        using var another = Cached(100 * Block); // another worker of the node
        (await another.ReadAllAsync("k")).Bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await another.ReadAllAsync("k")).Bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (_remote.BytesRead - before).ShouldBeLessThanOrEqualTo(bytes.Length);
    }

    [Fact]
    public async Task Replaced_Blob_IsReadAnew()
    {
        using var store = Cached(10 * Block);
        await store.WriteAsync("k", new byte[] { 1, 1 });
        (await store.ReadAllAsync("k")).Bytes.ShouldBe([1, 1]);
        await store.WriteAsync("k", new byte[] { 2, 2 });
        (await store.ReadAllAsync("k")).Bytes.ShouldBe([2, 2]);
    }

    [Fact]
    public async Task Damaged_Block_IsFetchedAgain()
    {
        var bytes = BlobStoreContract.Bytes(2 * Block);
        await _remote.WriteAsync("k", bytes);
        using var store = Cached(10 * Block);
        await store.ReadAllAsync("k");
        foreach (var (path, i) in Blocks().Select((b, i) => (b, i)))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (i == 0) file.SetLength(1000);
            else
            {
                file.Position = 5000;
                file.WriteByte((byte)(bytes[5000] ^ 1));
            }
        }

        (await store.ReadAllAsync("k")).Bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        _remote.BytesRead.ShouldBe(4 * Block);
        (await store.ReadAllAsync("k")).Bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        _remote.BytesRead.ShouldBe(4 * Block);
    }

    [Fact]
    public async Task Bound_IsKept_AndTheLongestUnusedGoFirst()
    {
        const int Blobs = 30;
        for (var i = 0; i < Blobs; i++) await _remote.WriteAsync($"k{i}", BlobStoreContract.Bytes(Block));
        using var store = Cached(12 * Block);
        for (var i = 0; i < Blobs; i++)
        {
            await store.ReadAllAsync($"k{i}");
            _time.Advance(TimeSpan.FromMinutes(2));
            await store.ReadAllAsync("k0"); // always in use
            Blocks().Sum(b => new FileInfo(b).Length).ShouldBeLessThanOrEqualTo(12 * Block);
        }

        var before = _remote.BytesRead;
        await store.ReadAllAsync("k0");
        await store.ReadAllAsync($"k{Blobs - 1}");
        _remote.BytesRead.ShouldBe(before);
        await store.ReadAllAsync("k1");
        _remote.BytesRead.ShouldBe(before + Block);
    }

    [Fact]
    public async Task Cache_IsWhole_AfterItsProcessWasKilled()
    {
        await _remote.WriteAsync("k", BlobStoreContract.Bytes(8 * Block));
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(DiskCacheTests).Assembly.Location, "-method", $"*.{nameof(Reader_ThatIsKilled)}", "-explicit", "only"])
        {
            RedirectStandardOutput = true,
            Environment = { ["MAMMUT_CACHE_TEST_ROOT"] = _folder.Path },
        };
        if (!Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.Ordinal)) start.ArgumentList.RemoveAt(0);
        using (var process = Process.Start(start)!)
        {
            // killed somewhere among its writes, once there are some
            while (!process.HasExited && !(Directory.Exists(Folder) && Blocks().Length > 2)) await Task.Yield();
            process.Kill();
            await process.WaitForExitAsync();
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, "ab.block.x.tmp"), "half a block of a killed process");
        _time.Advance(TimeSpan.FromHours(2));
        using var store = Cached(100 * Block);
        (await store.ReadAllAsync("k")).Bytes.AsSpan().SequenceEqual(BlobStoreContract.Bytes(8 * Block)).ShouldBeTrue();
        Directory.EnumerateFiles(Folder, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact(Explicit = true)]
    public async Task Reader_ThatIsKilled()
    {
        if (Environment.GetEnvironmentVariable("MAMMUT_CACHE_TEST_ROOT") is not { } root) return;
        using var cache = new BlockCache(Path.Combine(root, "cache"), 3 * Block + Block / 2, TimeProvider.System);
        var store = new CachedBlobStore(new CountingStore(BlobStores.Open(Path.Combine(root, "remote"))), cache);
        while (true) await store.ReadAllAsync("k");
    }

    [Fact]
    public void Limit_IsRefused_WhenNoBlockFits()
        => Should.Throw<StorageException>(() => new BlockCache(Folder, 1000, _time)).Fault.ShouldBe(StorageFault.Invalid);

    private CachedBlobStore Cached(long limit) => new(_remote, new BlockCache(Folder, limit, _time));

    private string[] Blocks() => Directory.GetFiles(Folder, "*.block", SearchOption.AllDirectories);

    /// <summary>A folder that plays the remote store and counts what is read.</summary>
    private sealed class CountingStore(IBlobStore inner) : IBlobStore
    {
        private long _read;

        public long BytesRead => _read;

        public string Address => inner.Address;

        public ValueTask<BlobInfo?> StatAsync(string key, CancellationToken cancellation = default) => inner.StatAsync(key, cancellation);

        public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

        public async ValueTask<IBlobReader> OpenAsync(string key, CancellationToken cancellation = default) => new Reader(this, await inner.OpenAsync(key, cancellation));

        public ValueTask<BlobInfo> WriteAsync(string key, Func<Stream, CancellationToken, ValueTask> content, BlobCondition condition = default, CancellationToken cancellation = default)
            => inner.WriteAsync(key, content, condition, cancellation);

        public ValueTask<bool> DeleteAsync(string key, BlobCondition condition = default, CancellationToken cancellation = default) => inner.DeleteAsync(key, condition, cancellation);

        private sealed class Reader(CountingStore store, IBlobReader inner) : IBlobReader
        {
            public BlobInfo Blob => inner.Blob;

            public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation = default)
            {
                var read = await inner.ReadAsync(offset, destination, cancellation);
                Interlocked.Add(ref store._read, read);
                return read;
            }

            public void Dispose() => inner.Dispose();
        }
    }
}
