using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Pages;
using ParquetSharp;

namespace MammutScale.DataLoader.Tests.Parquet;

public sealed class PageSplitterTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(900)]
    [InlineData(1500)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public async Task Pages_AreTheSame_WhateverTheWindow(int window)
    {
        using (var properties = new WriterPropertiesBuilder().DisableDictionary().DataPagesize(700).WriteBatchSize(16).Build())
        using (var writer = new ParquetFileWriter(_folder["f"], [new Column<byte[]>("jpg")], properties))
        {
            using var group = writer.AppendRowGroup();
            using (var column = group.NextColumn().LogicalWriter<byte[]?>()) column.WriteBatch(TestValues.Blobs(200, 5));
            writer.Close();
        }

        var bytes = await File.ReadAllBytesAsync(_folder["f"]);
        using var memory = new MemoryFile(bytes);
        using var file = await ParquetFile.OpenAsync("f", new MemoryFile(bytes));
        var chunk = file.Metadata.RowGroups[0].Columns[0];
        using var whole = new BufferBag();
        using var parts = new BufferBag();
        var expected = await PageSplitter.FetchAsync(memory, chunk, whole, CancellationToken.None);
        var found = await PageSplitter.FetchAsync(memory, chunk, parts, CancellationToken.None, window);
        expected.Count.ShouldBeGreaterThan(2);
        found.Select(p => Convert.ToHexString(p.Body.Span)).ShouldBe(expected.Select(p => Convert.ToHexString(p.Body.Span)));
    }
}
