using System.Text.Json;
using System.Text.Json.Serialization;

namespace MammutScale.DataLoader.Text;

/// <summary>The <c>tokenizer.json</c> beside a word vocabulary: how texts are cut into words, and which entries are special.</summary>
internal sealed record TokenizerSettings
{
    internal const string FileName = "tokenizer.json";

    internal const string WordPiece = "wordpiece";

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public required string Kind { get; init; }

    /// <summary>File of the vocabulary, relative to this one: a token a line, the line number is its id.</summary>
    public required string Vocabulary { get; init; }

    public required bool Lowercase { get; init; }

    /// <summary>A regular expression for one word; what matches nothing is left out.</summary>
    public required string Words { get; init; }

    public required string Bos { get; init; }

    public required string Eos { get; init; }

    public required string Pad { get; init; }

    public required string Unknown { get; init; }

    /// <summary>Other people's tokenizer.json has another structure altogether.</summary>
    internal static bool IsOurs(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("kind", out var kind) && kind.ValueEquals(WordPiece);
    }

    internal static TokenizerSettings Read(string path) => JsonSerializer.Deserialize<TokenizerSettings>(File.ReadAllBytes(path), Strict)!;
}
