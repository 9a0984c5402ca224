using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpenCvSharp;

namespace MammutScale.DataLoader.Samples;

/// <summary>
/// Builds the sample data set that the quickstart trains on, from npm packages: <c>train/</c> is Noto with its skin tones,
/// <c>eval/</c> the same concepts drawn by Twemoji, both as img2dataset Parquet, beside a small word vocabulary. The same
/// packages give the same bytes.
/// </summary>
public sealed class EmojiSampleBuilder(string source, string output)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int RowsPerGroup = 100, TrainFiles = 4, EvalFiles = 2;

    private static readonly TableColumn<EmojiRow>[] Columns =
    [
        new TextColumn<EmojiRow>("key", r => r.Key),
        new TextColumn<EmojiRow>("url", r => r.Art.PictureUrl),
        new TextColumn<EmojiRow>("caption", r => r.Captions[0]),
        new TextListColumn<EmojiRow>("captions", r => r.Captions),
        new TextColumn<EmojiRow>("label", r => r.Art.Label),
        new TextListColumn<EmojiRow>("tags", r => r.Art.Tags),
        new TextColumn<EmojiRow>("concept", r => r.Art.Concept),
        new TextColumn<EmojiRow>("emoji", r => r.Art.Emoji),
        new TextColumn<EmojiRow>("group", r => r.Art.Group),
        new TextColumn<EmojiRow>("status", _ => "success"),
        new TextColumn<EmojiRow>("error_message", _ => null),
        new NumberColumn<EmojiRow>("width", r => r.Size.Width),
        new NumberColumn<EmojiRow>("height", r => r.Size.Height),
        new NumberColumn<EmojiRow>("original_width", r => r.Size.Width),
        new NumberColumn<EmojiRow>("original_height", r => r.Size.Height),
        new TextColumn<EmojiRow>("sha256", r => r.Sha256),
        new BytesColumn<EmojiRow>("webp", r => r.WebP),
    ];

    /// <exception cref="DataFormatException">A package is missing, of another version, or damaged.</exception>
    public async Task<EmojiSampleReport> BuildAsync(CancellationToken cancellation = default)
    {
        var catalog = EmojiCatalog.Open(source);
        var train = await WriteAsync(
            "train", catalog.Noto(tones: true).OrderBy(a => StableOrder.Of(a.Variant)), EmojiCaptions.Phrasings, TrainFiles,
            "Noto emoji, Apache-2.0, Google", cancellation).ConfigureAwait(false);
        var eval = await WriteAsync(
            "eval", catalog.Twemoji(), art => [art.Label], EvalFiles,
            "Twemoji graphics, CC-BY-4.0, Twitter and other contributors", cancellation).ConfigureAwait(false);

        var vocabulary = SampleVocabulary.Build(train.Rows.Concat(eval.Rows).SelectMany(r => r.Captions.Concat(r.Art.Tags)));
        string vocabularyFile = Path.Combine(output, "vocab.txt"), settingsFile = Path.Combine(output, "tokenizer.json");
        await File.WriteAllTextAsync(vocabularyFile, string.Join('\n', vocabulary) + "\n", cancellation).ConfigureAwait(false);
        await File.WriteAllTextAsync(settingsFile, SettingsJson(), cancellation).ConfigureAwait(false);

        string[] files = [.. train.Files, .. eval.Files, vocabularyFile, settingsFile];
        return new(train.Rows.Count, eval.Rows.Count, vocabulary.Count, files.Sum(f => new FileInfo(f).Length), [.. files.Select(f => Path.GetRelativePath(output, f))]);
    }

    private async Task<(IReadOnlyList<EmojiRow> Rows, IReadOnlyList<string> Files)> WriteAsync(
        string split, IEnumerable<EmojiArtwork> drawings, Func<EmojiArtwork, IReadOnlyList<string>> captions, int files, string licence, CancellationToken cancellation)
    {
        List<EmojiRow> rows = [];
        foreach (var art in drawings)
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] png = await File.ReadAllBytesAsync(art.PicturePath, cancellation).ConfigureAwait(false);
            byte[] webp = LosslessWebP.FromPng(png, art.PictureUrl, out var size);
            rows.Add(new($"{rows.Count:D9}", art, captions(art), size, Convert.ToHexStringLower(SHA256.HashData(png)), webp));
        }
        var writer = new TableWriter<EmojiRow>(Columns, new Dictionary<string, string> { ["license"] = licence, ["names_license"] = "emojibase-data, MIT, Miles Johnson" });
        return (rows, await writer.WriteAsync(Path.Combine(output, split), rows, files, RowsPerGroup, cancellation).ConfigureAwait(false));
    }

    private static string SettingsJson()
    {
        var settings = new Dictionary<string, object>
        {
            ["kind"] = "wordpiece",
            ["vocabulary"] = "vocab.txt",
            ["lowercase"] = true,
            ["words"] = SampleVocabulary.WordPattern,
            ["bos"] = SampleVocabulary.Bos,
            ["eos"] = SampleVocabulary.Eos,
            ["pad"] = SampleVocabulary.Pad,
            ["unknown"] = SampleVocabulary.Unknown,
        };
        return JsonSerializer.Serialize(settings, Readable) + "\n";
    }

    private sealed record EmojiRow(string Key, EmojiArtwork Art, IReadOnlyList<string> Captions, Size Size, string Sha256, byte[] WebP);
}
