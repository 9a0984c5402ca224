using System.Text.RegularExpressions;

namespace MammutScale.DataLoader.Samples;

/// <summary>
/// The small word vocabulary of the samples in WordPiece form: special tokens, every word of the captions, the words of
/// generated scenes, and single letters as pieces so that no word in Latin letters is unknown.
/// </summary>
internal static partial class SampleVocabulary
{
    internal const string Pad = "[PAD]", Unknown = "[UNK]", Bos = "[BOS]", Eos = "[EOS]";

    /// <summary>What counts as a word: letters, digits, or a sign that carries meaning; punctuation is dropped.</summary>
    internal const string WordPattern = @"\p{L}[\p{L}\p{M}\p{N}]*|\p{N}+|[#*&%@]|\p{S}";

    private const string SceneWords = """
        a an the of is are was were it its this there on in at to from and or not with without than then when while no yes
        one two three four five six seven eight nine ten none zero how many much what which who where does do did
        left right above below over under top bottom middle center centre corner side half next near between far beside inside outside
        upper lower up down upward downward leftward rightward diagonal direction toward towards away clockwise across along
        colour color coloured red orange yellow green blue purple pink brown black white grey gray
        picture scene image photo clip video emoji emojis object objects thing things showing shows contains big small large
        bigger smaller larger move moves moving moved faster slower fast slow speed fastest slowest first last before after both
        stop stops still stands stays same different another other each any all everything nothing
        appears disappears enters leaves passes crosses meets starts ends begins only most more fewer less count number position
        """;

    [GeneratedRegex(WordPattern, RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    /// <summary>Lines of the vocabulary file; the line number is the token's id. Frequent words come first.</summary>
    internal static IReadOnlyList<string> Build(IEnumerable<string> captions)
    {
        Dictionary<string, int> counts = [];
        foreach (string caption in captions.Append(SceneWords))
            foreach (Match match in Word().Matches(caption.ToLowerInvariant()))
                counts[match.Value] = counts.GetValueOrDefault(match.Value) + 1;
        string letters = string.Concat(Enumerable.Range('a', 26).Concat(Enumerable.Range('0', 10)).Select(c => (char)c));
        foreach (char letter in letters) counts.TryAdd(letter.ToString(), 0);
        return
        [
            Pad, Unknown, Bos, Eos,
            .. counts.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Key),
            .. letters.Select(c => "##" + c),
        ];
    }
}
