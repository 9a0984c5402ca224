using CsCheck;
using MammutScale.DataLoader.Tests.Samples;
using MammutScale.DataLoader.Text;

namespace MammutScale.DataLoader.Tests.Text;

public sealed class TokenizerTests
{
    private static readonly string Shipped = Path.Combine(ShippedSamples.Folder, "tokenizer.json");

    public static TheoryData<string> All => [Shipped, "cl100k_base", "o200k_base"];

    [Theory]
    [MemberData(nameof(All))]
    public void EveryTextIsFramedAndPadded_WhateverItSays(string name)
    {
        var tokenizer = TokenizerCatalog.Open(name);
        string[] odd = ["", " ", "a cat", "🦣🦣 mammoth 👩‍👩‍👧‍👦", "naïve Ünïcödé 漢字 नमस्ते", "\ud800 lone surrogate", new('x', 5000), string.Concat(Enumerable.Repeat("word ", 50_000)), "\0\u0001\u200b", "<|endoftext|> [EOS]"];
        foreach (string text in odd)
            foreach (int context in new[] { 2, 3, 16, 77 })
            {
                long[] ids = new long[context];
                int length = tokenizer.Encode(text, ids);
                length.ShouldBeInRange(2, context);
                ids[0].ShouldBe(tokenizer.Bos);
                ids[length - 1].ShouldBe(tokenizer.Eos);
                ids.Skip(length).ShouldAllBe(id => id == tokenizer.Pad);
                ids.ShouldAllBe(id => id >= 0 && id < tokenizer.VocabularySize);
                ids.Skip(1).Take(length - 2).ShouldNotContain(tokenizer.Eos, text[..Math.Min(20, text.Length)]);
            }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ATruncatedTextIsTheBeginningOfTheWholeOne(string name)
    {
        var tokenizer = TokenizerCatalog.Open(name);
        Gen.Select(Gen.String[0, 60], Gen.Int[2, 20]).Sample((text, context) =>
        {
            long[] shortIds = new long[context], longIds = new long[400];
            int length = tokenizer.Encode(text, shortIds);
            int whole = tokenizer.Encode(text, longIds);
            return length == Math.Min(whole, context) && shortIds.AsSpan(0, length - 1).SequenceEqual(longIds.AsSpan(0, length - 1));
        }, iter: 300);
    }

    [Theory]
    [InlineData("cl100k_base", "hello world", new long[] { 15339, 1917 })]
    [InlineData("o200k_base", "hello world", new long[] { 24912, 2375 })]
    public void IdsAreThoseOfTheField(string name, string text, long[] expected)
    {
        long[] ids = new long[8];
        int length = TokenizerCatalog.Open(name).Encode(text, ids);
        ids[1..(length - 1)].ShouldBe(expected);
    }

    [Theory]
    [InlineData("cl100k_base")]
    [InlineData("o200k_base")]
    public void DecodingGivesTheTextBack(string name)
    {
        var tokenizer = TokenizerCatalog.Open(name);
        foreach (string text in new[] { "a photo of two 🦣 mammoths, snow!", "Ünïcödé 漢字", "x" })
        {
            long[] ids = new long[64];
            tokenizer.Encode(text, ids);
            tokenizer.Decode(ids).ShouldBe(text);
        }
    }

    [Fact]
    public void WordVocabularyDropsPunctuation_AndSpellsUnknownWords()
    {
        var tokenizer = TokenizerCatalog.Open(Shipped);
        long[] ids = new long[24];
        tokenizer.Encode("Waving Hand: light skin tone!", ids).ShouldBe(7);
        tokenizer.Decode(ids).ShouldBe("waving hand light skin tone");
        tokenizer.Encode("zzyzxq", ids).ShouldBe(8);
        tokenizer.Decode(ids).ShouldBe("zzyzxq");
    }

    [Fact]
    public void LabelsOfTheEvaluationSetStayDistinct_AsTokens()
    {
        var tokenizer = TokenizerCatalog.Open(Shipped);
        var seen = new Dictionary<string, string>();
        int cut = 0;
        foreach (object?[] row in ShippedSamples.Query("label", "eval"))
        {
            long[] ids = new long[16];
            int length = tokenizer.Encode((string)row[0]!, ids);
            length.ShouldBeGreaterThan(2, (string)row[0]!);
            string key = string.Join(' ', ids);
            if (!seen.TryAdd(key, (string)row[0]!)) cut++;
        }
        cut.ShouldBeLessThan(3);
    }

    [Fact]
    public void WhatIsKnownIsSaid_WhenTheNameIsNot()
    {
        var error = Should.Throw<DataFormatException>(() => TokenizerCatalog.Open("cl100k"));
        error.Message.ShouldContain("cl100k_base");
    }
}
