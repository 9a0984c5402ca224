using MammutScale.Storage.Azure;
using MammutScale.Storage.Retries;
using MammutScale.TestKit;

namespace MammutScale.Storage.Tests;

public sealed class AzureBlobStoreTests(Azurite azurite) : BlobStoreContract, IClassFixture<Azurite>
{
    private readonly string _container = $"c{Guid.NewGuid():n}";

    internal override IBlobStore Store => Open(azurite.Port, "some/prefix");

    [Fact]
    public async Task Content_OfSeveralBlocks_IsReadBackInParts()
    {
        var bytes = Bytes(21_000_000);
        await Store.WriteAsync("large", new MemoryStream(bytes));
        (await Store.ReadAllAsync("large")).Bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task Read_SaysSo_WhenTheBlobIsReplacedWhileOpen()
    {
        await Store.WriteAsync("k", Bytes(100));
        using var reader = await Store.OpenAsync("k");
        await Store.WriteAsync("k", Bytes(100));
        (await Should.ThrowAsync<StorageException>(async () => await reader.ReadAsync(0, new byte[100]))).Fault.ShouldBe(StorageFault.Changed);
    }

    [Fact]
    public async Task Fault_NamesTheContainer_WhenThereIsNone()
    {
        var store = BlobStores.Open("az://nobody-made-this", environment: name => name == "AZURE_STORAGE_CONNECTION_STRING" ? Azurite.ConnectionString(azurite.Port) : null);
        (await store.StatAsync("x")).ShouldBeNull();
        (await Should.ThrowAsync<StorageException>(async () => await store.ListAsync("").GetAsyncEnumerator().MoveNextAsync())).Message.ShouldContain("nobody-made-this");
    }

    [Fact]
    public async Task Credentials_AreNamed_WhenTheAccountRefuses()
    {
        var wrong = Azurite.ConnectionString(azurite.Port).Replace("Eby8", "AAAA", StringComparison.Ordinal);
        var store = BlobStores.Open("az://container/p", environment: name => name == "AZURE_STORAGE_CONNECTION_STRING" ? wrong : null);
        var error = await Should.ThrowAsync<StorageException>(async () => await store.StatAsync("x"));
        error.Fault.ShouldBe(StorageFault.Denied, error.ToString());
    }

    [Theory]
    [InlineData("az://", "container")]
    [InlineData("az://c/p", "AZURE_STORAGE_CONNECTION_STRING")]
    public void Open_SaysWhatIsMissing(string address, string named)
        => Should.Throw<StorageException>(() => BlobStores.Open(address, environment: _ => null)).Message.ShouldContain(named);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nothing_IsLostOrDuplicated_WhenTheServiceThrottlesAndConnectionsDrop(int seed)
    {
        using var proxy = new FaultyProxy(azurite.Port, seed, oneIn: 4);
        var store = Open(proxy.Port, "faulty");
        var random = new Random(seed);
        var written = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < 15; i++)
        {
            var bytes = new byte[i == 7 ? 18_000_000 : random.Next(200_000)];
            random.NextBytes(bytes);
            var blob = await store.WriteAsync($"blob-{i:d2}", new MemoryStream(bytes), BlobCondition.CreateOnly);
            blob.Length.ShouldBe(bytes.Length);
            written[blob.Key] = bytes;
        }

        var listed = new List<string>();
        await foreach (var blob in store.ListAsync("")) listed.Add(blob.Key);
        listed.ShouldBe(written.Keys);
        foreach (var (key, bytes) in written) (await store.ReadAllAsync(key)).Bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue(key);

        // every increment counts exactly once, although commits lose their answers
        await store.WriteAsync("counter", new byte[1]);
        for (byte i = 1; i <= 12; i++)
        {
            var (bytes, blob) = await store.ReadAllAsync("counter");
            await store.WriteAsync("counter", new[] { (byte)(bytes[0] + 1) }, BlobCondition.IfMatch(blob.ETag));
        }

        (await store.ReadAllAsync("counter")).Bytes.ShouldBe([12]);
        (await store.DeleteAsync("blob-00")).ShouldBeTrue();
        (await store.StatAsync("blob-00")).ShouldBeNull();
        proxy.Faults.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Read_GivesUpWithAMessage_WhenNothingEverAnswers()
    {
        using var proxy = new FaultyProxy(azurite.Port, 1, oneIn: 1);
        var store = Open(proxy.Port, "p");
        (await Should.ThrowAsync<StorageException>(async () => await store.ListAsync("").GetAsyncEnumerator().MoveNextAsync())).Fault.ShouldBe(StorageFault.Unavailable);
    }

    private AzureBlobStore Open(int port, string prefix)
    {
        var service = AzureSettings.Connect(name => name == "AZURE_STORAGE_CONNECTION_STRING" ? Azurite.ConnectionString(port) : null);
        return new AzureBlobStore(service, _container, prefix, new Backoff(TimeProvider.System, attempts: 12, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20)));
    }
}
