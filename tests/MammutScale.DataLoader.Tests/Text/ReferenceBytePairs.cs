using System.Text;
using System.Text.RegularExpressions;

namespace MammutScale.DataLoader.Tests.Text;

/// <summary>
/// Byte-pair encoding as its paper tells it, written for being right and not for being fast: while a pair of neighbours is in the
/// list of merges, join the one that is listed first. Learns its merges from a small text, so that no vocabulary file is needed.
/// </summary>
internal sealed class ReferenceBytePairs
{
    private readonly string _wordEnd;
    private readonly Regex _words;

    internal ReferenceBytePairs(string corpus, int merges, string wordEnd, string words)
    {
        (_wordEnd, _words) = (wordEnd, new Regex(words, RegexOptions.CultureInvariant));
        var texts = _words.Matches(corpus).Select(m => Symbols(m.Value)).ToList();
        while (Merges.Count < merges)
        {
            var pairs = texts.SelectMany(t => t.Zip(t.Skip(1))).CountBy(p => p).OrderByDescending(p => p.Value).ThenBy(p => p.Key.First + " " + p.Key.Second, StringComparer.Ordinal).ToList();
            if (pairs.Count == 0 || pairs[0].Value < 2) break;
            Merges.Add(pairs[0].Key);
            texts = [.. texts.Select(t => Join(t, pairs[0].Key))];
        }
        foreach (int b in Enumerable.Range(0, 256).OrderBy(b => Printable(b) ? b : 256 + b)) Vocabulary.TryAdd(Character(b).ToString(), Vocabulary.Count);
        if (wordEnd.Length > 0)
            foreach (int b in Enumerable.Range(0, 256).OrderBy(b => Printable(b) ? b : 256 + b)) Vocabulary.TryAdd(Character(b) + wordEnd, Vocabulary.Count);
        foreach (var (first, second) in Merges) Vocabulary.TryAdd(first + second, Vocabulary.Count);
    }

    internal List<(string First, string Second)> Merges { get; } = [];

    internal Dictionary<string, int> Vocabulary { get; } = [];

    internal long[] Encode(string text) => [.. _words.Matches(text).SelectMany(m => Pieces(m.Value)).Select(p => (long)Vocabulary[p])];

    private List<string> Pieces(string word)
    {
        var pieces = Symbols(word);
        while (true)
        {
            var best = pieces.Zip(pieces.Skip(1)).Select(p => Merges.IndexOf(p)).Where(i => i >= 0).DefaultIfEmpty(-1).Min();
            if (best < 0) return pieces;
            pieces = Join(pieces, Merges[best]);
        }
    }

    private List<string> Symbols(string word)
    {
        List<string> symbols = [.. Encoding.UTF8.GetBytes(word).Select(b => Character(b).ToString())];
        symbols[^1] += _wordEnd;
        return symbols;
    }

    private static List<string> Join(List<string> pieces, (string First, string Second) pair)
    {
        List<string> joined = [];
        for (int i = 0; i < pieces.Count; i++)
        {
            if (i + 1 < pieces.Count && pieces[i] == pair.First && pieces[i + 1] == pair.Second) joined.Add(pieces[i] + pieces[++i]);
            else joined.Add(pieces[i]);
        }
        return joined;
    }

    private static bool Printable(int b) => b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;

    private static char Character(int b) => Printable(b) ? (char)b : (char)(256 + Enumerable.Range(0, b).Count(x => !Printable(x)));
}
