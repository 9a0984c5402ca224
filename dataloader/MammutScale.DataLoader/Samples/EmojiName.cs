using System.Text.Json;

namespace MammutScale.DataLoader.Samples;

/// <summary>English name and tags of one emoji in emojibase.</summary>
internal sealed record EmojiName(string Emoji, string Label, IReadOnlyList<string> Tags)
{
    /// <summary>Code points without joiners and presentation selectors: the packages disagree on those.</summary>
    internal static string Key(string codePoints) => string.Join('-', codePoints.Split('-').Where(c => c is not ("FE0F" or "200D")));

    internal static Dictionary<string, EmojiName> ReadAll(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        Dictionary<string, EmojiName> names = [];
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            Add(names, entry, ReadTags(entry));
            if (!entry.TryGetProperty("skins", out var skins)) continue;
            foreach (var skin in skins.EnumerateArray()) Add(names, skin, ReadTags(entry));
        }
        return names;
    }

    private static void Add(Dictionary<string, EmojiName> names, JsonElement entry, IReadOnlyList<string> tags) =>
        names[Key(entry.GetProperty("hexcode").GetString()!)] = new(entry.GetProperty("emoji").GetString()!, entry.GetProperty("label").GetString()!, tags);

    private static string[] ReadTags(JsonElement entry) =>
        entry.TryGetProperty("tags", out var tags) ? [.. tags.EnumerateArray().Select(t => t.GetString()!)] : [];
}
