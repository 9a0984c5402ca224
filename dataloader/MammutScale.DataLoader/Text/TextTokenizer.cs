using Microsoft.ML.Tokenizers;

namespace MammutScale.DataLoader.Text;

/// <summary>Puts one of Microsoft.ML.Tokenizers' vocabularies behind <see cref="ITextTokenizer"/>.</summary>
internal sealed class TextTokenizer : ITextTokenizer
{
    /// <summary>No token of any known vocabulary is longer; what lies beyond cannot reach the context.</summary>
    private const int LongestToken = 256;

    /// <summary>Some tokenizers drop a word that does not fit as a whole: they get room for one more.</summary>
    private const int LastWord = 128;

    private readonly Tokenizer _tokenizer;
    private readonly SpecialTokens _special;
    private readonly Func<string, string> _clean;
    private readonly Func<string, string> _finish;

    /// <param name="tokenizer">Adds no special tokens by itself.</param>
    /// <param name="special">Bos, eos, pad.</param>
    /// <param name="fingerprint">Of the vocabulary's files.</param>
    /// <param name="clean">Applied to a text before encoding.</param>
    /// <param name="finish">Applied to a decoded text.</param>
    internal TextTokenizer(Tokenizer tokenizer, SpecialTokens special, string fingerprint, Func<string, string>? clean = null, Func<string, string>? finish = null)
    {
        (_tokenizer, _special, Fingerprint) = (tokenizer, special, fingerprint);
        (_clean, _finish) = (clean ?? (t => t), finish ?? (t => t));
    }

    public int VocabularySize => _special.VocabularySize;

    public int Bos => _special.Bos;

    public int Eos => _special.Eos;

    public int Pad => _special.Pad;

    public string Fingerprint { get; }

    public int Encode(string text, Span<long> ids)
    {
        if (ids.Length < 2) throw new ArgumentException($"a context of {ids.Length} has no room for bos and eos", nameof(ids));
        int room = ids.Length - 2, count = 0;
        ids[0] = Bos;
        if (room > 0 && text.Length > 0)
        {
            // A caption that spells <|endoftext|> is a caption, not an end.
            foreach (int id in _tokenizer.EncodeToIds(_clean(Cut(text, room)), room + LastWord, out _, out _))
                if (count < room && !_special.IsControl(id)) ids[++count] = id;
        }
        ids[count + 1] = Eos;
        ids[(count + 2)..].Fill(Pad);
        return count + 2;
    }

    public string Decode(ReadOnlySpan<long> ids)
    {
        List<int> words = new(ids.Length);
        foreach (long id in ids)
        {
            if (id == Eos) break;
            if (!_special.IsControl((int)id)) words.Add((int)id);
        }
        return _finish(_tokenizer.Decode(words)).Trim();
    }

    /// <summary>A text of a megabyte must not cost a megabyte of encoding. Never cuts a surrogate pair.</summary>
    private static string Cut(string text, int room)
    {
        long limit = (long)room * LongestToken;
        if (text.Length <= limit) return text;
        int end = (int)limit;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)];
    }
}
