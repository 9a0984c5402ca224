using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace MammutScale.DataLoader.Text;

/// <summary>Byte-level byte-pair vocabularies from files: GPT-2's, and CLIP's, whose words end in <c>&lt;/w&gt;</c>.</summary>
internal static partial class BytePairVocabulary
{
    private const string WordEnd = "</w>", ClipBos = "<|startoftext|>", EndOfText = "<|endoftext|>";

    /// <summary>Merges that CLIP takes of its file, counted as its own code does: 49,152 − 256 − 2.</summary>
    private const int ClipMerges = 48_894;

    [GeneratedRegex(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Gpt2Words();

    [GeneratedRegex(@"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ClipWords();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    /// <summary>Opens vocab.json with its merges; CLIP's is known by its word ends.</summary>
    internal static ITextTokenizer Open(string vocabularyFile, string mergesFile)
    {
        var vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(vocabularyFile))!;
        var merges = File.ReadLines(mergesFile).Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal));
        string mark = VocabularyMark.Of(vocabularyFile, mergesFile);
        return vocabulary.Keys.Any(t => t.EndsWith(WordEnd, StringComparison.Ordinal)) ? Clip(vocabulary, merges, mark) : Gpt2(vocabulary, merges, mark);
    }

    /// <summary>Opens the merges that CLIP and open_clip ship; the vocabulary follows from them.</summary>
    internal static ITextTokenizer OpenClipMerges(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        string[] merges = [.. ReadLines(reader).Skip(1).Take(ClipMerges)];
        Dictionary<string, int> vocabulary = [];
        string[] bytes = [.. ByteCharacters()];
        foreach (string token in bytes.Concat(bytes.Select(b => b + WordEnd)).Concat(merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal))).Concat([ClipBos, EndOfText]))
            vocabulary.Add(token, vocabulary.Count);
        return Clip(vocabulary, merges, VocabularyMark.Of(file));
    }

    private static TextTokenizer Clip(Dictionary<string, int> vocabulary, IEnumerable<string> merges, string mark)
    {
        var tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = merges,
            ByteLevel = true,
            EndOfWordSuffix = WordEnd,
            PreTokenizer = new RegexPreTokenizer(ClipWords(), null),
        });
        // Its padding is id 0, which is the word "!": lengths tell, ids do not.
        var special = new SpecialTokens(vocabulary[ClipBos], vocabulary[EndOfText], 0, vocabulary.Values.Max() + 1) { PadIsWord = true };
        return new TextTokenizer(tokenizer, special, mark, CleanForClip, t => t.Replace(WordEnd, " ", StringComparison.Ordinal));
    }

    private static TextTokenizer Gpt2(Dictionary<string, int> vocabulary, IEnumerable<string> merges, string mark)
    {
        var tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges, ByteLevel = true, PreTokenizer = new RegexPreTokenizer(Gpt2Words(), null) });
        int last = vocabulary.Values.Max();
        return new TextTokenizer(tokenizer, new(Bos: last + 2, Eos: vocabulary[EndOfText], Pad: last + 1, VocabularySize: last + 3), mark);
    }

    /// <summary>CLIP's cleaning without its repair of wrongly decoded text (ftfy): HTML entities twice, single spaces, lower case.</summary>
    private static string CleanForClip(string text) =>
        Spaces().Replace(WebUtility.HtmlDecode(WebUtility.HtmlDecode(text)), " ").Trim().ToLowerInvariant();

    private static IEnumerable<string> ReadLines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line) yield return line;
    }

    /// <summary>GPT-2's printable stand-ins for the 256 bytes, in the order of its vocabulary: printable bytes first.</summary>
    private static IEnumerable<string> ByteCharacters()
    {
        bool Printable(int b) => b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
        return Enumerable.Range(0, 256).Where(Printable).Select(b => ((char)b).ToString())
            .Concat(Enumerable.Range(0, 256).Where(b => !Printable(b)).Select((_, i) => ((char)(256 + i)).ToString()));
    }
}
