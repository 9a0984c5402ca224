using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Pipeline.Rows;

namespace MammutScale.DataLoader.Tests.Pipeline;

public sealed class EvaluationSetTests
{
    [Fact]
    public async Task EveryCaptionOfEveryGoodRowComesOnce_InOrder()
    {
        using var folder = await PictureFolder.WriteAsync(25, spoil: r => r.Number switch { 6 => r with { Picture = r.Picture![..20] }, 7 => r with { Picture = null, Status = "failed_to_download" }, _ => r });
        using var source = await folder.OpenAsync();
        var options = PictureFolder.Options();
        options = options with { Picture = options.Picture with { View = new CentreCrop(), Colour = null } };
        List<BadRow> bad = [];
        List<BatchCopy> batches = [];
        foreach (var batch in new EvaluationSet(source, options, 10).Read(bad))
            using (batch) batches.Add(BatchCopy.Of(batch));
        batches.Sum(b => b.Samples.Length).ShouldBe(23 * 2);
        var texts = batches.SelectMany(b => Enumerable.Range(0, b.Samples.Length).Select(i => PictureFolder.Tokenizer.Decode(b.Tokens.AsSpan(i * PictureFolder.Context, PictureFolder.Context)))).ToList();
        texts.ShouldBe(Enumerable.Range(0, 25).Where(n => n is not (6 or 7)).SelectMany(n => new[] { $"{Spaced(n)} red object", $"the {Spaced(n)} thing" }));
        bad.Count.ShouldBe(2, "one for each caption of the bad row");
        bad[0].Row.ShouldBe(6);
        var first = batches[0];
        first.Samples[0].ShouldBe(first.Samples[1]);
        first.Images.AsSpan(0, 768).SequenceEqual(first.Images.AsSpan(768, 768)).ShouldBeTrue("both captions have the same picture");
    }

    [Fact]
    public async Task ShippedEvaluationSetIsReadWhole()
    {
        string folder = Path.Combine(Samples.ShippedSamples.Folder, "eval");
        var store = Storage.BlobStores.Open(folder);
        using var source = await LoaderSource.OpenAsync("twemoji", [(store, "00000.parquet"), (store, "00001.parquet")]);
        var options = PictureFolder.Options() with { Picture = new() { Size = 64, View = new WholePicture() }, ContextLength = 16 };
        List<BadRow> bad = [];
        int samples = 0;
        foreach (var batch in new EvaluationSet(source, options, 256).Read(bad)) using (batch) samples += batch.Count;
        samples.ShouldBe(1911);
        bad.ShouldBeEmpty();
    }

    /// <summary>Numbers that are no word of the vocabulary are spelled digit by digit, which decoding joins again.</summary>
    private static string Spaced(int number) => number.ToString();
}
