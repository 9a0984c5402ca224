using MammutScale.DataLoader.Indexing.Building;
using MammutScale.DataLoader.Pipeline;

namespace MammutScale.DataLoader.Tests.Pipeline;

public sealed class IndexedSourceTests
{
    [Fact]
    public async Task IndexedDataGivesTheSameBatches_AsItsListOfFiles()
    {
        using var folder = await PictureFolder.WriteAsync(40);
        using var listed = await folder.OpenAsync();
        var index = await IndexBuilder.BuildAsync([folder.Folder], new IndexOptions());
        using var indexed = await LoaderSource.OpenAsync("test", index);
        using var a = PictureFolder.Load(listed, PictureFolder.Plan(listed), PictureFolder.Options());
        using var b = PictureFolder.Load(indexed, PictureFolder.Plan(indexed), PictureFolder.Options());
        for (int i = 0; i < 5; i++) BatchCopy.Take(b).ShouldEqual(BatchCopy.Take(a));
    }

    [Fact]
    public async Task OnlySelectedRowsCome_WhenTheIndexHasASubset()
    {
        using var folder = await PictureFolder.WriteAsync(40);
        var index = await IndexBuilder.BuildAsync([folder.Folder], new IndexOptions { Subset = new() { Where = "key >= '000000020'" } });
        using var source = await LoaderSource.OpenAsync("test", index);
        source.Plan.Samples.ShouldBe(20);
        using var loader = PictureFolder.Load(source, PictureFolder.Plan(source, globalBatch: 10, lanes: 5), PictureFolder.Options());
        var seen = BatchCopy.Take(loader).Samples.Concat(BatchCopy.Take(loader).Samples).ToList();
        seen.Distinct().Count().ShouldBe(20);
        foreach (var batch in new EvaluationSet(source, PictureFolder.Options(), 64).Read())
            using (batch) batch.Samples.Distinct().ShouldBe(seen, ignoreOrder: true);
    }
}
