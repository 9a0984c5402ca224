namespace MammutScale.DataLoader.Tests.Pipeline;

/// <summary>Allocation is counted for the whole process: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    [Fact]
    public async Task AllocationPerSampleStaysUnderItsBudget()
    {
        using var folder = await PictureFolder.WriteAsync(200, files: 2, rowsPerGroup: 50);
        using var source = await folder.OpenAsync();
        var plan = PictureFolder.Plan(source, globalBatch: 48, lanes: 4);
        using var loader = PictureFolder.Load(source, plan, PictureFolder.Options(threads: 2));
        for (int i = 0; i < 10; i++) loader.Next(default).Dispose();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        long samples = loader.Snapshot().Samples;
        for (int i = 0; i < 60; i++) loader.Next(default).Dispose();
        double perSample = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / (loader.Snapshot().Samples - samples);
        perSample.ShouldBeLessThan(2500);
    }
}
