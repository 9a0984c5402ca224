using System.Text;

namespace MammutScale.Storage.Tests;

/// <summary>What every store promises; run against each of them.</summary>
public abstract class BlobStoreContract
{
    internal abstract IBlobStore Store { get; }

    [Fact]
    public async Task Read_ReturnsWhatWasWritten()
    {
        var bytes = Bytes(3_000_001);
        var written = await Store.WriteAsync("a/b/blob.bin", bytes);
        var read = await Store.ReadAllAsync("a/b/blob.bin");
        read.Bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        read.Blob.ShouldBe(written);
        (await Store.StatAsync("a/b/blob.bin")).ShouldBe(written);
        written.Length.ShouldBe(bytes.Length);
    }

    [Theory]
    [InlineData(0, 10, 10)]
    [InlineData(990, 10, 10)]
    [InlineData(995, 10, 5)]
    [InlineData(1000, 10, 0)]
    [InlineData(5000, 10, 0)]
    [InlineData(3, 0, 0)]
    public async Task Range_EndsWhereTheBlobEnds(long offset, int size, int expected)
    {
        var bytes = Bytes(1000);
        await Store.WriteAsync("r", bytes);
        var destination = new byte[size];
        (await Store.ReadAsync("r", offset, destination)).ShouldBe(expected);
        destination.AsSpan(0, expected).SequenceEqual(bytes.AsSpan((int)Math.Min(1000, offset), expected)).ShouldBeTrue();
    }

    [Fact]
    public async Task EmptyBlob_IsABlob()
    {
        await Store.WriteAsync("empty", ReadOnlyMemory<byte>.Empty);
        (await Store.ReadAllAsync("empty")).Bytes.ShouldBeEmpty();
        (await Store.StatAsync("empty"))!.Length.ShouldBe(0);
    }

    [Fact]
    public async Task Missing_IsNullOrNotFound()
    {
        (await Store.StatAsync("no")).ShouldBeNull();
        (await Store.TryReadAllAsync("no")).ShouldBeNull();
        (await Store.DeleteAsync("no")).ShouldBeFalse();
        (await Should.ThrowAsync<StorageException>(async () => await Store.OpenAsync("no"))).Fault.ShouldBe(StorageFault.NotFound);
        (await Should.ThrowAsync<StorageException>(async () => await Store.ReadAllAsync("no/deeper"))).Message.ShouldContain("no/deeper");
    }

    [Fact]
    public async Task CreateOnly_IsRefused_WhenTheBlobExists()
    {
        await Store.WriteAsync("c", Bytes(5), BlobCondition.CreateOnly);
        (await Should.ThrowAsync<StorageException>(async () => await Store.WriteAsync("c", Bytes(7), BlobCondition.CreateOnly))).Fault.ShouldBe(StorageFault.ConditionFailed);
        (await Store.ReadAllAsync("c")).Bytes.Length.ShouldBe(5);
    }

    [Fact]
    public async Task CreateOnly_HasOneWinner_WhenManyRace()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            try
            {
                await Store.WriteAsync("race", Encoding.UTF8.GetBytes($"{i}"), BlobCondition.CreateOnly);
                return i;
            }
            catch (StorageException e) when (e.Fault == StorageFault.ConditionFailed)
            {
                return -1;
            }
        })));
        var winner = outcomes.Where(i => i >= 0).ShouldHaveSingleItem();
        Encoding.UTF8.GetString((await Store.ReadAllAsync("race")).Bytes).ShouldBe($"{winner}");
    }

    [Fact]
    public async Task IfMatch_LosesNoUpdate_WhenManyCount()
    {
        await Store.WriteAsync("counter", "0"u8.ToArray());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 5;)
            {
                var (bytes, blob) = await Store.ReadAllAsync("counter");
                var next = Encoding.UTF8.GetBytes($"{int.Parse(Encoding.UTF8.GetString(bytes)) + 1}");
                try
                {
                    await Store.WriteAsync("counter", next, BlobCondition.IfMatch(blob.ETag));
                    done++;
                }
                catch (StorageException e) when (e.Fault == StorageFault.ConditionFailed)
                {
                    // somebody was faster: read again
                }
            }
        })));
        Encoding.UTF8.GetString((await Store.ReadAllAsync("counter")).Bytes).ShouldBe("20");
    }

    [Fact]
    public async Task IfMatch_IsRefused_WhenTheBlobIsMissing()
    {
        var written = await Store.WriteAsync("gone", Bytes(3));
        await Store.DeleteAsync("gone");
        (await Should.ThrowAsync<StorageException>(async () => await Store.WriteAsync("gone", Bytes(3), BlobCondition.IfMatch(written.ETag)))).Fault.ShouldBe(StorageFault.ConditionFailed);
        (await Store.StatAsync("gone")).ShouldBeNull();
    }

    [Fact]
    public async Task Delete_IsRefused_WhenTheVersionIsAnother()
    {
        var first = await Store.WriteAsync("d", Bytes(3));
        var second = await Store.WriteAsync("d", Bytes(3));
        first.ETag.ShouldNotBe(second.ETag);
        (await Should.ThrowAsync<StorageException>(async () => await Store.DeleteAsync("d", BlobCondition.IfMatch(first.ETag)))).Fault.ShouldBe(StorageFault.ConditionFailed);
        (await Store.DeleteAsync("d", BlobCondition.IfMatch(second.ETag))).ShouldBeTrue();
        (await Store.StatAsync("d")).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_IsPublished_WhenTheWriterThrows()
    {
        await Store.WriteAsync("w", Bytes(10));
        await Should.ThrowAsync<InvalidOperationException>(async () => await Store.WriteAsync("w", async (stream, token) =>
        {
            await stream.WriteAsync(Bytes(5_000_000), token);
            throw new InvalidOperationException("half way");
        }));
        (await Store.ReadAllAsync("w")).Bytes.Length.ShouldBe(10);
        (await Keys("")).ShouldBe(["w"]);
    }

    [Fact]
    public async Task List_IsOrdinalByWholeKey_AndFiltersByPrefix()
    {
        string[] keys = ["a-b", "a.txt", "a/1", "a/b/2", "a0", "B", "runs/1/x", "runs/10/x", "ü"];
        foreach (var key in keys) await Store.WriteAsync(key, Bytes(1));
        (await Keys("")).ShouldBe(keys.Order(StringComparer.Ordinal));
        (await Keys("a/")).ShouldBe(["a/1", "a/b/2"]);
        (await Keys("a")).ShouldBe(["a-b", "a.txt", "a/1", "a/b/2", "a0"]);
        (await Keys("runs/1")).ShouldBe(["runs/1/x", "runs/10/x"]);
        (await Keys("runs/1/")).ShouldBe(["runs/1/x"]);
        (await Keys("nothing/here")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a\\b")]
    public async Task Key_IsRefused_WhenItCouldLeaveTheStore(string key)
        => (await Should.ThrowAsync<StorageException>(async () => await Store.StatAsync(key))).Fault.ShouldBe(StorageFault.Invalid);

    [Fact]
    public async Task Stream_IsCopiedWhole()
    {
        var bytes = Bytes(200_000);
        await Store.WriteAsync("s", new MemoryStream(bytes));
        (await Store.ReadAllAsync("s")).Bytes.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    internal static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private async Task<List<string>> Keys(string prefix)
    {
        var keys = new List<string>();
        await foreach (var blob in Store.ListAsync(prefix)) keys.Add(blob.Key);
        return keys;
    }
}
