using MammutScale.DataLoader.Indexing.Building;
using MammutScale.DataLoader.Inspection;
using MammutScale.DataLoader.Inspection.Verifying;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Tests.Pipeline;
using MammutScale.Storage;
using MammutScale.Storage.Cache;
using MammutScale.TestKit;
using OpenCvSharp;

namespace MammutScale.DataLoader.Tests.Places;

/// <summary>A data set behind a real blob service whose answers are throttled, dropped and cut: what comes of it is that of the folder it was copied from.</summary>
[Collection(nameof(Alone))]
public sealed class RemoteDataTests(Azurite azurite) : IClassFixture<Azurite>, IAsyncLifetime
{
    private const string Variable = "AZURE_STORAGE_CONNECTION_STRING";
    private const int Rows = 60, OneIn = 4;

    private readonly TimeProvider _time = new HastyTime();
    private readonly TemporaryFolder _folder = new();
    private readonly string _remote = $"az://c{Guid.NewGuid():n}/pictures";
    private PictureFolder _local = null!;

    public async ValueTask InitializeAsync()
    {
        // about 50 KB a picture, one of them bad: files of several cache blocks
        _local = await PictureFolder.WriteAsync(Rows, files: 2, rowsPerGroup: 8, spoil: r => r with { Picture = r.Number == 17 ? "no picture"u8.ToArray() : Noise(r.Number) });
        Environment.SetEnvironmentVariable(Variable, Azurite.ConnectionString(azurite.Port));
        var store = BlobStores.Open(_remote);
        foreach (string file in Directory.GetFiles(_local.Folder)) await store.WriteAsync(Path.GetFileName(file), File.ReadAllBytes(file));
    }

    public ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _local.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task InspectAndVerifySayTheSame(bool cached)
    {
        using var proxy = Proxy(3);
        using var cache = cached ? new DiskCache(_folder.File("cache"), 20_000_000, _time) : null;
        var here = await DataVerifier.VerifyAsync([_local.Folder], new VerifyOptions(), TestContext.Current.CancellationToken);
        var there = await DataVerifier.VerifyAsync([_remote], new VerifyOptions { Time = _time, Cache = cache }, TestContext.Current.CancellationToken);
        (there.Digest, there.Rows, there.Good, there.Bad).ShouldBe((here.Digest, Rows, Rows - 1L, 1L));
        there.BadRows.Select(b => (b.File.Split('/')[^1], b.Row, b.Reason)).ShouldBe(here.BadRows.Select(b => (b.File.Split('/')[^1], b.Row, b.Reason)));
        var near = await DataInspector.InspectAsync([_local.Folder], new InspectOptions(), TestContext.Current.CancellationToken);
        var far = await DataInspector.InspectAsync([_remote + "/*.parquet"], new InspectOptions { Time = _time, Cache = cache }, TestContext.Current.CancellationToken);
        (far.Files, far.RowGroups, far.Rows, far.Bytes, far.Kind).ShouldBe((near.Files, near.RowGroups, near.Rows, near.Bytes, near.Kind));
        far.Samples.Select(s => s.Text).ShouldBe(near.Samples.Select(s => s.Text));
        proxy.Faults.ShouldBeGreaterThan(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BatchesAreTheSame_AndEveryRowComesOnce(bool cached)
    {
        using var proxy = Proxy(5);
        using var cache = cached ? new DiskCache(_folder.File("cache"), 20_000_000, _time) : null;
        using var near = await OpenAsync(_local.Folder, null);
        using var far = await OpenAsync(_remote, cache);
        far.Plan.Samples.ShouldBe(Rows);
        using var here = PictureFolder.Load(near, PictureFolder.Plan(near), Options);
        using var there = PictureFolder.Load(far, PictureFolder.Plan(far), Options);
        for (int step = 0; step < Rows / 12; step++) BatchCopy.Take(there).ShouldEqual(BatchCopy.Take(here));
        there.BadRows.Select(b => b.Row).ShouldBe([17L]);
        proxy.Faults.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task WorkersOfANodeShareTheirCache()
    {
        using var proxy = Proxy(7, faults: false);
        long size = Directory.GetFiles(_local.Folder).Sum(f => new FileInfo(f).Length);
        long first = await ReadAsync();
        first.ShouldBeGreaterThan(size * 9 / 10);
        // another process would open the folder in the same way; what it reads is there
        (await ReadAsync()).ShouldBeLessThan(size / 10);
        Directory.GetFiles(_folder.File("cache"), "*.block", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length).ShouldBeLessThanOrEqualTo(20_000_000);

        async Task<long> ReadAsync()
        {
            long before = proxy.BytesSent;
            using var cache = new DiskCache(_folder.File("cache"), 20_000_000, _time);
            using var source = await OpenAsync(_remote, cache);
            using var loader = PictureFolder.Load(source, PictureFolder.Plan(source), Options);
            for (int step = 0; step < Rows / 12; step++) BatchCopy.Take(loader);
            return proxy.BytesSent - before;
        }
    }

    private static LoaderOptions Options => PictureFolder.Options() with { MaxBadShare = 1 };

    private FaultyProxy Proxy(int seed, bool faults = true)
    {
        var proxy = new FaultyProxy(azurite.Port, seed, faults ? OneIn : int.MaxValue);
        Environment.SetEnvironmentVariable(Variable, Azurite.ConnectionString(proxy.Port));
        return proxy;
    }

    private async Task<LoaderSource> OpenAsync(string path, DiskCache? cache)
    {
        var index = await IndexBuilder.BuildAsync([path], new IndexOptions { Time = _time, Cache = cache }, TestContext.Current.CancellationToken);
        return await LoaderSource.OpenAsync("test", index, cache: cache, time: _time, cancellation: TestContext.Current.CancellationToken);
    }

    private static byte[] Noise(int number)
    {
        using var picture = new Mat(128, 128, MatType.CV_8UC3);
        byte[] pixels = new byte[3 * 128 * 128];
        new Random(number).NextBytes(pixels);
        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, picture.Data, pixels.Length);
        Cv2.ImEncode(".png", picture, out byte[] png);
        return png;
    }
}
