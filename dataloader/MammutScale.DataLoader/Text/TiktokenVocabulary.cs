using Microsoft.ML.Tokenizers;

namespace MammutScale.DataLoader.Text;

/// <summary>
/// The byte-pair vocabularies of tiktoken whose data comes as packages. They have no bos and no pad: two ids behind the last one
/// are added, pad first, as open_clip does for its tiktoken models.
/// </summary>
internal static class TiktokenVocabulary
{
    internal const string Cl100k = "cl100k_base", O200k = "o200k_base";

    internal static ITextTokenizer Open(string encoding)
    {
        var tokenizer = TiktokenTokenizer.CreateForEncoding(encoding);
        int last = encoding == Cl100k ? 100_276 : 200_018;
        int end = tokenizer.SpecialTokens!["<|endoftext|>"];
        return new TextTokenizer(tokenizer, new(Bos: last + 2, Eos: end, Pad: last + 1, VocabularySize: last + 3) { Reserved = [.. tokenizer.SpecialTokens.Values] }, encoding);
    }
}
