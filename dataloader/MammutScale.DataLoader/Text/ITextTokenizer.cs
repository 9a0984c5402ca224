namespace MammutScale.DataLoader.Text;

/// <summary>Text to token ids and back, whatever the vocabulary. May be used from many threads.</summary>
public interface ITextTokenizer
{
    /// <summary>Ids are 0 … this − 1, special tokens included: the rows of the embedding table.</summary>
    int VocabularySize { get; }

    /// <summary>Begins every text.</summary>
    int Bos { get; }

    /// <summary>Ends every text, also a truncated one.</summary>
    int Eos { get; }

    /// <summary>Fills the rest. In some vocabularies it is a word as well: go by the length, not by the id.</summary>
    int Pad { get; }

    /// <summary>Identity of the vocabulary, to be kept beside weights that were trained with it.</summary>
    string Fingerprint { get; }

    /// <summary>Writes bos, the text's ids, eos, and pad up to the end. A text that is too long loses its end; the last id is eos all the same.</summary>
    /// <param name="ids">[context length], at least 2.</param>
    /// <returns>Ids that are not padding, bos and eos included: 2 for a text without any token.</returns>
    int Encode(string text, Span<long> ids);

    /// <summary>The text of ids; bos, eos and pad are left out.</summary>
    string Decode(ReadOnlySpan<long> ids);
}
