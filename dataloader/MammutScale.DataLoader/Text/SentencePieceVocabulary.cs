using Microsoft.ML.Tokenizers;

namespace MammutScale.DataLoader.Text;

/// <summary>A SentencePiece model file (unigram or BPE). Bos and pad are taken from the model; where it has none they are added behind the last id.</summary>
internal static class SentencePieceVocabulary
{
    internal static ITextTokenizer Open(string model)
    {
        using var stream = File.OpenRead(model);
        var tokenizer = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
        int size = tokenizer.Vocabulary.Values.Max() + 1;
        int Use(int id, string token) => tokenizer.Vocabulary.TryGetValue(token, out int found) ? found : id >= 0 ? id : size++;
        int eos = Use(tokenizer.EndOfSentenceId, tokenizer.EndOfSentenceToken);
        int bos = Use(tokenizer.BeginningOfSentenceId, tokenizer.BeginningOfSentenceToken);
        int pad = Use(-1, "<pad>");
        return new TextTokenizer(tokenizer, new(bos, eos, pad, size), VocabularyMark.Of(model));
    }
}
