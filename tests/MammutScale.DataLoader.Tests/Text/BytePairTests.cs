using System.IO.Compression;
using System.Text.Json;
using MammutScale.DataLoader.Text;

namespace MammutScale.DataLoader.Tests.Text;

public sealed class BytePairTests : IDisposable
{
    private const string Gpt2Words = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string ClipWords = @"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+";

    private const string Corpus = """
        a photo of a cat and a photo of a dog, the cat sat on the mat and the dog ran to the park. there are two cats and three dogs in the photo!
        it's the cat's photo; don't move the cats. they'll run, we've seen the other photos and the mats. naïve café naïve café 123 123 4567
        """;

    private static readonly string[] Texts =
    [
        "a photo of a cat", "the dogs' other cats don't sat", "two 🦣 mammoths — café naïve 漢字", "x", "  many   spaces  ", "12345 and 67!", "it's they'll", "PHOTO Of A Cat", "a\tb\nc",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("mammut-bpe-").FullName;

    [Fact]
    public void Gpt2FilesGiveTheIdsOfTheDefinition()
    {
        var reference = new ReferenceBytePairs(Corpus, 120, "", Gpt2Words);
        reference.Vocabulary.Add("<|endoftext|>", reference.Vocabulary.Count);
        var tokenizer = TokenizerCatalog.Open(Write(reference));
        int last = reference.Vocabulary.Count - 1;
        (tokenizer.Eos, tokenizer.Pad, tokenizer.Bos, tokenizer.VocabularySize).ShouldBe((last, last + 1, last + 2, last + 3));
        foreach (string text in Texts)
        {
            Ids(tokenizer, text).ShouldBe(reference.Encode(text), text);
            long[] ids = new long[100];
            tokenizer.Encode(text, ids);
            tokenizer.Decode(ids).ShouldBe(text.Trim(), text);
        }
    }

    [Fact]
    public void ClipFilesGiveTheIdsOfTheDefinition()
    {
        var reference = Clip();
        var tokenizer = TokenizerCatalog.Open(Write(reference));
        (tokenizer.Bos, tokenizer.Eos, tokenizer.Pad).ShouldBe((reference.Vocabulary.Count - 2, reference.Vocabulary.Count - 1, 0));
        foreach (string text in Texts) Ids(tokenizer, text).ShouldBe(reference.Encode(text.ToLowerInvariant()), text);
        Ids(tokenizer, "a &amp;amp; b").ShouldBe(reference.Encode("a & b"));
        long[] ids = new long[40];
        tokenizer.Encode("The Cat!", ids);
        tokenizer.Decode(ids).Replace(" ", "").ShouldStartWith("thecat!");
    }

    [Fact]
    public void ClipMergesAloneAreEnough()
    {
        var reference = Clip();
        string file = Path.Combine(_folder, "bpe_simple_vocab_16e6.txt.gz");
        using (var writer = new StreamWriter(new GZipStream(File.Create(file), CompressionMode.Compress)))
        {
            writer.WriteLine("\"bpe_simple_vocab_16e6.txt#version: 0.2");
            foreach (var (first, second) in reference.Merges) writer.WriteLine($"{first} {second}");
        }
        var fromMerges = TokenizerCatalog.Open(file);
        var fromFiles = TokenizerCatalog.Open(Write(reference));
        fromMerges.VocabularySize.ShouldBe(fromFiles.VocabularySize);
        foreach (string text in Texts) Ids(fromMerges, text).ShouldBe(Ids(fromFiles, text), text);
    }

    [Fact]
    public void CaptionCannotWriteAnEnd()
    {
        var tokenizer = TokenizerCatalog.Open(Write(Clip()));
        Ids(tokenizer, "a <|endoftext|> b <|startoftext|>").ShouldAllBe(id => id != tokenizer.Eos && id != tokenizer.Bos);
    }

    [Fact]
    public void MissingMergesAreNamed()
    {
        string folder = Write(Clip());
        File.Delete(Path.Combine(folder, "merges.txt"));
        Should.Throw<DataFormatException>(() => TokenizerCatalog.Open(folder)).Message.ShouldContain("merges.txt");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ReferenceBytePairs Clip()
    {
        var reference = new ReferenceBytePairs(Corpus.ToLowerInvariant(), 120, "</w>", ClipWords);
        reference.Vocabulary.Add("<|startoftext|>", reference.Vocabulary.Count);
        reference.Vocabulary.Add("<|endoftext|>", reference.Vocabulary.Count);
        return reference;
    }

    private static long[] Ids(ITextTokenizer tokenizer, string text)
    {
        long[] ids = new long[100];
        int length = tokenizer.Encode(text, ids);
        return ids[1..(length - 1)];
    }

    private string Write(ReferenceBytePairs pairs)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(pairs.Vocabulary));
        File.WriteAllLines(Path.Combine(folder, "merges.txt"), ["#version: 0.2", .. pairs.Merges.Select(m => $"{m.First} {m.Second}")]);
        return folder;
    }
}
