namespace MammutScale.DataLoader.Text;

/// <summary>Opens a tokenizer by what a run file says.</summary>
public static class TokenizerCatalog
{
    private const string Known =
        "cl100k_base, o200k_base, a tokenizer.json of ours, a folder or vocab.json with merges.txt beside it (GPT-2, CLIP), CLIP's bpe_simple_vocab_16e6.txt.gz, or a SentencePiece .model";

    /// <param name="name">A built-in name or the path of a file or folder.</param>
    /// <exception cref="DataFormatException">No such tokenizer, or its files are damaged.</exception>
    public static ITextTokenizer Open(string name)
    {
        try
        {
            return name switch
            {
                TiktokenVocabulary.Cl100k or TiktokenVocabulary.O200k => TiktokenVocabulary.Open(name),
                _ when Directory.Exists(name) => OpenFolder(name),
                _ when !File.Exists(name) => throw new DataFormatException($"tokenizer '{name}': neither a built-in name nor a file; known are {Known}"),
                _ => OpenFile(name),
            };
        }
        catch (Exception e) when (e is not DataFormatException)
        {
            throw new DataFormatException($"tokenizer '{name}' cannot be read: {e.Message}", e);
        }
    }

    private static ITextTokenizer OpenFolder(string folder)
    {
        foreach (string file in new[] { TokenizerSettings.FileName, "vocab.json", "encoder.json" })
            if (File.Exists(Path.Combine(folder, file)) && (file != TokenizerSettings.FileName || TokenizerSettings.IsOurs(Path.Combine(folder, file))))
                return OpenFile(Path.Combine(folder, file));
        if (Directory.EnumerateFiles(folder, "*.model").Order(StringComparer.Ordinal).FirstOrDefault() is { } model) return SentencePieceVocabulary.Open(model);
        throw new DataFormatException($"tokenizer folder '{folder}' holds none of tokenizer.json, vocab.json, encoder.json, *.model; known are {Known}");
    }

    private static ITextTokenizer OpenFile(string file)
    {
        if (file.EndsWith(".model", StringComparison.OrdinalIgnoreCase)) return SentencePieceVocabulary.Open(file);
        if (file.EndsWith(".txt.gz", StringComparison.OrdinalIgnoreCase)) return BytePairVocabulary.OpenClipMerges(file);
        if (Path.GetFileName(file) is "vocab.json" or "encoder.json") return BytePairVocabulary.Open(file, MergesBeside(file));
        if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && TokenizerSettings.IsOurs(file)) return WordVocabulary.Open(TokenizerSettings.Read(file), file);
        throw new DataFormatException($"tokenizer file '{file}' is of no known kind; known are {Known}");
    }

    private static string MergesBeside(string vocabulary)
    {
        foreach (string name in new[] { "merges.txt", "vocab.bpe" })
            if (Path.Combine(Path.GetDirectoryName(vocabulary)!, name) is var path && File.Exists(path)) return path;
        throw new DataFormatException($"tokenizer '{vocabulary}': neither merges.txt nor vocab.bpe lies beside it");
    }
}
