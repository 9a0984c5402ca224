
namespace MammutScale.DataLoader.Tests.Pipeline;

public sealed class LifetimeTests
{
    [Fact]
    public async Task NothingIsLeft_AfterDispose()
    {
        using var folder = await PictureFolder.WriteAsync(60);
        using var source = await folder.OpenAsync();
        for (int round = 0; round < 5; round++)
        {
            var loader = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options(threads: 3));
            for (int i = 0; i < round; i++) BatchCopy.Take(loader);
            loader.Dispose();
            loader.HasThreads.ShouldBeFalse();
            loader.BuffersLent.ShouldBe(0);
            Should.Throw<OperationCanceledException>(() => loader.Next(default));
        }
    }

    [Fact]
    public async Task WorkStops_WhenNobodyTakesBatches()
    {
        using var folder = await PictureFolder.WriteAsync(60);
        using var source = await folder.OpenAsync();
        using var loader = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options(threads: 2, prefetch: 3));
        SpinWait.SpinUntil(() => loader.Snapshot().Deliver.Queued == 3, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        var snapshot = loader.Snapshot();
        snapshot.Samples.ShouldBe(3 * 12);
        snapshot.Decode.Queued.ShouldBe(0);
        loader.BuffersLent.ShouldBe(3);
        BatchCopy.Take(loader).Step.ShouldBe(0);
        SpinWait.SpinUntil(() => loader.Snapshot().Samples == 4 * 12, TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    [Fact]
    public async Task WaitingEnds_WhenTheCallerCancels()
    {
        using var folder = await PictureFolder.WriteAsync(12, files: 1);
        using var source = await folder.OpenAsync();
        using var loader = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options() with { EndStep = 1 });
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => loader.Next(cancelled.Token));
        BatchCopy.Take(loader).Step.ShouldBe(0);
        Should.Throw<InvalidOperationException>(() => loader.Next(default)).Message.ShouldContain("ended before step 1");
    }

    [Fact]
    public async Task MemoryOfADisposedBatchIsNotReadByMistake()
    {
        using var folder = await PictureFolder.WriteAsync(12, files: 1);
        using var source = await folder.OpenAsync();
        using var loader = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options());
        var batch = loader.Next(default);
        batch.Dispose();
        Should.Throw<ObjectDisposedException>(() => batch.Images);
    }
}
