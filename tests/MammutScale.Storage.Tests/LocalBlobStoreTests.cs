using MammutScale.Storage.Local;
using MammutScale.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace MammutScale.Storage.Tests;

public sealed class LocalBlobStoreTests : BlobStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal override IBlobStore Store => BlobStores.Open(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Version_Differs_WhenTheClockStandsStill()
    {
        var store = new LocalBlobStore(_folder.Path, new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        var tags = new HashSet<string>();
        for (var i = 0; i < 5; i++) tags.Add((await store.WriteAsync("k", new byte[] { 1 })).ETag);
        tags.Count.ShouldBe(5);
    }

    [Fact]
    public async Task OpenReader_KeepsItsVersion_WhenTheBlobIsReplaced()
    {
        await Store.WriteAsync("k", "old content"u8.ToArray());
        using var reader = await Store.OpenAsync("k");
        await Store.WriteAsync("k", "new"u8.ToArray());
        var bytes = new byte[11];
        (await reader.ReadAsync(0, bytes)).ShouldBe(11);
        bytes.ShouldBe("old content"u8.ToArray());
    }

    [Fact]
    public async Task Read_SaysSo_WhenTheFileIsCutWhileOpen()
    {
        await Store.WriteAsync("k", new byte[1000]);
        using var reader = await Store.OpenAsync("k");
        using (var file = new FileStream(Path.Combine(_folder.Path, "k"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(10);
        (await Should.ThrowAsync<StorageException>(async () => await reader.ReadAsync(0, new byte[1000]))).Fault.ShouldBe(StorageFault.Changed);
    }

    [Fact]
    public async Task LeftOvers_OfKilledWriters_AreInvisibleAndRemovedAfterADay()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var leftOver = Path.Combine(_folder.Path, LocalFiles.TemporaryName());
        await File.WriteAllTextAsync(leftOver, "half");
        await new LocalBlobStore(_folder.Path, time).WriteAsync("k", new byte[1]);
        File.Exists(leftOver).ShouldBeTrue();
        await foreach (var blob in Store.ListAsync("")) blob.Key.ShouldBe("k");
        time.Advance(TimeSpan.FromHours(25));
        await new LocalBlobStore(_folder.Path, time).WriteAsync("k", new byte[1]);
        File.Exists(leftOver).ShouldBeFalse();
    }

    [Fact]
    public async Task Fault_NamesThePath_WhenAFileStandsWhereAFolderShould()
    {
        await Store.WriteAsync("k", new byte[1]);
        var error = await Should.ThrowAsync<StorageException>(async () => await Store.WriteAsync("k/inner", new byte[1]));
        error.Message.ShouldContain(Path.Combine(_folder.Path, "k"));
    }

    [Theory]
    [InlineData("s3://bucket/x")]
    [InlineData("")]
    [InlineData("  ")]
    public void Open_Refuses_WhatIsNoAddress(string address)
        => Should.Throw<StorageException>(() => BlobStores.Open(address)).Fault.ShouldBe(StorageFault.Invalid);
}
