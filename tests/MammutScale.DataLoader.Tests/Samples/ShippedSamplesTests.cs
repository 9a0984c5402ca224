using System.Text.RegularExpressions;
using MammutScale.DataLoader.Samples;
using SkiaSharp;

namespace MammutScale.DataLoader.Tests.Samples;

public sealed class ShippedSamplesTests
{
    [Fact]
    public void BothSplitsShowTheSameConcepts_InTwoHands()
    {
        var train = ShippedSamples.Query("concept, label, caption", "train");
        var eval = ShippedSamples.Query("concept, label, caption", "eval");
        train.Count.ShouldBe(3526);
        eval.Count.ShouldBe(1911);
        train.Select(r => r[0]).Distinct().ShouldBe(eval.Select(r => r[0]), ignoreOrder: true);
        eval.Select(r => r[2]).Distinct().Count().ShouldBe(1911);
        eval.ShouldAllBe(r => Equals(r[1], r[2]));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("eval")]
    public void EveryPictureDecodes_WithAnotherDecoder(string split)
    {
        foreach (object?[] row in ShippedSamples.Query("webp, width, height, key", split))
        {
            using var picture = SKBitmap.Decode((byte[])row[0]!);
            (picture.Width, picture.Height).ShouldBe(((int)row[1]!, (int)row[2]!), $"key {row[3]}");
        }
    }

    [Fact]
    public void EveryWordOfEveryCaptionIsInTheVocabulary()
    {
        var vocabulary = File.ReadLines(Path.Combine(ShippedSamples.Folder, "vocab.txt")).ToHashSet();
        foreach (object?[] row in ShippedSamples.Query("captions", "train").Concat(ShippedSamples.Query("captions", "eval")))
            foreach (string caption in (IEnumerable<string>)row[0]!)
                foreach (Match word in Regex.Matches(caption.ToLowerInvariant(), SampleVocabulary.WordPattern))
                    vocabulary.ShouldContain(word.Value, caption);
    }

    [Fact]
    public void TheWholeSetStaysSmall() =>
        Directory.EnumerateFiles(ShippedSamples.Folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length).ShouldBeLessThan(15_000_000);
}
