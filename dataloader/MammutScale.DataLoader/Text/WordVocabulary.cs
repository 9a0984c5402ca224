using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace MammutScale.DataLoader.Text;

/// <summary>A word-level WordPiece vocabulary as it is shipped with the samples.</summary>
internal static class WordVocabulary
{
    internal static ITextTokenizer Open(TokenizerSettings settings, string settingsFile)
    {
        string file = Path.Combine(Path.GetDirectoryName(settingsFile)!, settings.Vocabulary);
        if (!File.Exists(file)) throw new DataFormatException($"tokenizer '{settingsFile}' names the vocabulary '{settings.Vocabulary}', but {file} is not there");
        string[] tokens = File.ReadAllLines(file);
        int Find(string token) => Array.IndexOf(tokens, token) is var id and >= 0
            ? id
            : throw new DataFormatException($"tokenizer '{settingsFile}': its special token {token} is not in {settings.Vocabulary}");

        var tokenizer = WordPieceTokenizer.Create(file, new WordPieceOptions
        {
            PreTokenizer = new RegexPreTokenizer(new Regex(settings.Words, RegexOptions.Compiled | RegexOptions.CultureInvariant), null),
            Normalizer = settings.Lowercase ? new LowerCaseNormalizer() : null,
            UnknownToken = settings.Unknown,
        });
        return new TextTokenizer(tokenizer, new(Find(settings.Bos), Find(settings.Eos), Find(settings.Pad), tokens.Length), VocabularyMark.Of(settingsFile, file));
    }
}
