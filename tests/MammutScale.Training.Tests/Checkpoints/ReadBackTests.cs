using MammutScale.Storage;
using MammutScale.Training.Checkpoints;
using MammutScale.Training.Events;
using MammutScale.Training.Tests.Support;

namespace MammutScale.Training.Tests.Checkpoints;

public sealed class ReadBackTests
{
    [Fact]
    public async Task ACheckpointIsNotCommitted_WhenTheStoreGivesBackSomethingElse()
    {
        using var folder = new TemporaryFolder();
        var faulty = new FaultyStore(BlobStores.Open(folder.Path)) { Damaged = "part-1.safetensors" };

        var told = Train(folder, faulty, verify: true);

        told.Checkpoints.Select(c => (c.Step, c.Verified)).ShouldBe([(4, true)], "the store is mended after the first");
        (await new CheckpointStore(faulty, "test").ListAsync()).ShouldBe([4]);
    }

    [Fact]
    public async Task AManifestThatIsNotGivenBackIsTakenBack()
    {
        using var folder = new TemporaryFolder();
        var faulty = new FaultyStore(BlobStores.Open(folder.Path)) { Damaged = "manifest.json" };

        var told = Train(folder, faulty, verify: true);

        told.Checkpoints.Select(c => c.Step).ShouldBe([4]);
        told.Happenings.Single(h => h.Kind == HappeningKind.CheckpointFailed).Text.ShouldContain("step-00000002 was not written");
        (await new CheckpointStore(faulty, "test").ListAsync()).ShouldBe([4]);
    }

    [Fact]
    public void NothingIsReadBack_WhenItIsSwitchedOff()
    {
        using var folder = new TemporaryFolder();
        var faulty = new FaultyStore(BlobStores.Open(folder.Path)) { Damaged = "part-1.safetensors" };

        Train(folder, faulty, verify: false).Checkpoints.Select(c => (c.Step, c.Verified)).ShouldBe([(2, false), (4, false)]);
        faulty.Reads.ShouldBe(0);
    }

    private static Recorder Train(TemporaryFolder folder, FaultyStore store, bool verify)
    {
        using var cluster = new SmallCluster(TinyRun.File("checkpoint.every_steps=2", $"checkpoint.verify={(verify ? "true" : "false")}"), folder.Path, 4) { Store = store };
        cluster.Join();
        cluster.Join();
        cluster.Run();
        return cluster.Recorders[0];
    }

    /// <summary>Keeps the first blob of a name with one bit turned.</summary>
    private sealed class FaultyStore(IBlobStore inner) : IBlobStore
    {
        private int _damages;

        public required string Damaged { get; init; }

        /// <summary>Blobs of this name that were opened.</summary>
        public int Reads { get; private set; }

        public string Address => inner.Address;

        public ValueTask<BlobInfo?> StatAsync(string key, CancellationToken cancellation = default) => inner.StatAsync(key, cancellation);

        public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

        public ValueTask<IBlobReader> OpenAsync(string key, CancellationToken cancellation = default)
        {
            if (key.EndsWith(Damaged, StringComparison.Ordinal)) Reads++;
            return inner.OpenAsync(key, cancellation);
        }

        public ValueTask<BlobInfo> WriteAsync(string key, Func<Stream, CancellationToken, ValueTask> content, BlobCondition condition = default, CancellationToken cancellation = default) =>
            inner.WriteAsync(key, async (stream, token) =>
            {
                using var memory = new MemoryStream();
                await content(memory, token);
                var bytes = memory.ToArray();
                if (key.EndsWith(Damaged, StringComparison.Ordinal) && Interlocked.Increment(ref _damages) == 1) Damage(bytes);
                await stream.WriteAsync(bytes, token);
            }, condition, cancellation);

        public ValueTask<bool> DeleteAsync(string key, BlobCondition condition = default, CancellationToken cancellation = default) => inner.DeleteAsync(key, condition, cancellation);

        /// <summary>A digit of a hash in a manifest, a bit of a weight in a part.</summary>
        private static void Damage(byte[] bytes)
        {
            var hash = bytes.AsSpan().IndexOf("sha256\":"u8);
            var at = hash >= 0 ? hash + 12 : bytes.Length - 5;
            bytes[at] = (byte)(bytes[at] == '1' ? '2' : '1');
        }
    }
}
