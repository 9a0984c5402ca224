using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Tests.Pipeline;

public sealed class OrderTests
{
    [Fact]
    public async Task BatchesHoldThePlannedRows_OverSeveralEpochs()
    {
        using var folder = await PictureFolder.WriteAsync(50);
        using var source = await folder.OpenAsync();
        var plan = PictureFolder.Plan(source);
        using var loader = PictureFolder.Load(source, plan, PictureFolder.Options());
        for (long step = 0; step < 12; step++)
        {
            var batch = BatchCopy.Take(loader);
            batch.Step.ShouldBe(step);
            for (int i = 0; i < batch.Samples.Length; i++)
                batch.Samples[i].ShouldBe(plan.At(step, i / plan.SamplesPerLane, i % plan.SamplesPerLane).Id);
        }
    }

    [Fact]
    public async Task ContentIsTheSame_ForAnyNumberOfThreadsAndPrefetch()
    {
        using var folder = await PictureFolder.WriteAsync(40, spoil: r => r.Number % 9 == 4 ? r with { Picture = r.Picture![..20] } : r);
        using var source = await folder.OpenAsync();
        var plan = PictureFolder.Plan(source);
        var lenient = PictureFolder.Options() with { MaxBadShare = 1 };
        using var first = PictureFolder.Load(source, plan, lenient with { DecodeThreads = 1, Prefetch = 1 });
        using var second = PictureFolder.Load(source, plan, lenient with { DecodeThreads = 3, Prefetch = 4 });
        using var third = PictureFolder.Load(source, plan, lenient with { DecodeThreads = 7, Prefetch = 2, ReadAheadBytes = 1 });
        for (int step = 0; step < 8; step++)
        {
            var batch = BatchCopy.Take(first);
            BatchCopy.Take(second).ShouldEqual(batch);
            BatchCopy.Take(third).ShouldEqual(batch);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task RanksTogetherHoldTheBatchOfOne_InAnyWorld(int world)
    {
        using var folder = await PictureFolder.WriteAsync(40, spoil: r => r.Number % 11 == 3 ? r with { Captions = ["?!"] } : r);
        using var source = await folder.OpenAsync();
        var plan = PictureFolder.Plan(source);
        using var whole = PictureFolder.Load(source, plan, PictureFolder.Options() with { MaxBadShare = 1 });
        RankLoader[] ranks = [.. Enumerable.Range(0, world).Select(r => PictureFolder.Load(source, plan, PictureFolder.Options(threads: 1) with { MaxBadShare = 1 }, rank: r, world: world))];
        for (int step = 0; step < 5; step++)
        {
            BatchCopy[] parts = [.. ranks.Select(BatchCopy.Take)];
            new BatchCopy(step, [.. parts.SelectMany(p => p.Samples)], [.. parts.SelectMany(p => p.Images)], [.. parts.SelectMany(p => p.Tokens)], [.. parts.SelectMany(p => p.Lengths)])
                .ShouldEqual(BatchCopy.Take(whole));
        }
        foreach (var rank in ranks) rank.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task StreamGoesOnTheSame_WhenItStartsAtAnyStep(long start)
    {
        using var folder = await PictureFolder.WriteAsync(45);
        using var source = await folder.OpenAsync();
        var plan = PictureFolder.Plan(source);
        using var early = PictureFolder.Load(source, plan, PictureFolder.Options(), start - 1);
        using var late = PictureFolder.Load(source, plan, PictureFolder.Options(), start);
        BatchCopy.Take(early).Step.ShouldBe(start - 1);
        for (int i = 0; i < 3; i++) BatchCopy.Take(late).ShouldEqual(BatchCopy.Take(early));
    }

    [Fact]
    public async Task EpochsLookDifferent_AndSoDoSeeds()
    {
        using var folder = await PictureFolder.WriteAsync(12, files: 1);
        using var source = await folder.OpenAsync();
        using var one = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options());
        using var other = PictureFolder.Load(source, PictureFolder.Plan(source, seed: 6), PictureFolder.Options());
        var (first, second, elsewhere) = (BatchCopy.Take(one), BatchCopy.Take(one), BatchCopy.Take(other));
        first.Samples.Order(Comparer<SampleId>.Create((a, b) => (a.RowGroup, a.Row).CompareTo((b.RowGroup, b.Row))))
            .ShouldBe(second.Samples.Order(Comparer<SampleId>.Create((a, b) => (a.RowGroup, a.Row).CompareTo((b.RowGroup, b.Row)))), "both are one whole epoch");
        PictureOf(first, first.Samples[0]).ShouldNotBe(PictureOf(second, first.Samples[0]));
        PictureOf(first, first.Samples[0]).ShouldNotBe(PictureOf(elsewhere, first.Samples[0]));
    }

    private static float[] PictureOf(BatchCopy batch, SampleId id)
    {
        int floats = 3 * PictureFolder.Size * PictureFolder.Size;
        return batch.Images.AsSpan(Array.IndexOf(batch.Samples, id) * floats, floats).ToArray();
    }
}
