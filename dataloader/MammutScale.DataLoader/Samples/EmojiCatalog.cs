using System.Text.Json;

namespace MammutScale.DataLoader.Samples;

/// <summary>
/// Reads the emoji npm packages from a <c>node_modules</c> folder: drawings of two artists (Noto, Twemoji) and the English
/// names and tags of emojibase.
/// </summary>
internal sealed class EmojiCatalog
{
    internal const string NotoPackage = "emoji-datasource-google";
    internal const string TwemojiPackage = "emoji-datasource-twitter";
    internal const string NamesPackage = "emojibase-data";

    private static readonly Dictionary<string, string> Versions = new()
    {
        [NotoPackage] = "16.0.0",
        [TwemojiPackage] = "16.0.0",
        [NamesPackage] = "17.0.0",
    };

    private readonly string _source;
    private readonly Dictionary<string, EmojiName> _names;

    private EmojiCatalog(string source, Dictionary<string, EmojiName> names) => (_source, _names) = (source, names);

    /// <exception cref="DataFormatException">A package is missing or of another version.</exception>
    internal static EmojiCatalog Open(string source)
    {
        foreach (var (package, version) in Versions) RequireVersion(source, package, version);
        return new(source, EmojiName.ReadAll(Path.Combine(source, NamesPackage, "en", "data.json")));
    }

    /// <summary>Every concept that both artists draw, in the standard order, from Noto; optionally with its skin tones.</summary>
    internal IReadOnlyList<EmojiArtwork> Noto(bool tones) => Read(NotoPackage, "google", tones);

    /// <summary>The same concepts drawn by Twemoji, without skin tones.</summary>
    internal IReadOnlyList<EmojiArtwork> Twemoji() => Read(TwemojiPackage, "twitter", tones: false);

    private List<EmojiArtwork> Read(string package, string artist, bool tones)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_source, package, "emoji.json")));
        List<(int Order, EmojiArtwork Art)> found = [];
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            if (!DrawnByBoth(entry)) continue;
            int order = entry.GetProperty("sort_order").GetInt32();
            string concept = entry.GetProperty("unified").GetString()!, group = entry.GetProperty("category").GetString()!;
            var name = NameOf(concept, package);
            found.Add((order, Drawing(entry, name, name, concept, group, package, artist)));
            if (!tones || !entry.TryGetProperty("skin_variations", out var variations)) continue;
            foreach (var variation in variations.EnumerateObject())
            {
                if (!DrawnByBoth(variation.Value) || MixesTones(variation.Name)) continue;
                var full = NameOf(variation.Value.GetProperty("unified").GetString()!, package);
                found.Add((order, Drawing(variation.Value, name, full, concept, group, package, artist)));
            }
        }
        return [.. found.OrderBy(f => f.Order).Select(f => f.Art)];
    }

    private static bool DrawnByBoth(JsonElement entry) =>
        entry.GetProperty("has_img_google").GetBoolean() && entry.GetProperty("has_img_twitter").GetBoolean();

    /// <summary>Couples with two different tones: 260 drawings of 13 concepts that would only crowd out the others.</summary>
    private static bool MixesTones(string tones) => tones.Split('-').Distinct().Count() > 1;

    private EmojiArtwork Drawing(JsonElement entry, EmojiName name, EmojiName full, string concept, string group, string package, string artist)
    {
        string picture = $"img/{artist}/64/{entry.GetProperty("image").GetString()}";
        string path = Path.Combine(_source, package, picture);
        if (!File.Exists(path)) throw new DataFormatException($"{package}: emoji.json names {picture}, but the file is not there; install the package again");
        return new(concept, entry.GetProperty("unified").GetString()!, full.Emoji, group, name.Label, full.Label, name.Tags, path, $"npm:{package}@{Versions[package]}/{picture}");
    }

    private EmojiName NameOf(string unified, string package) =>
        _names.TryGetValue(EmojiName.Key(unified), out var name)
            ? name
            : throw new DataFormatException($"{package}: {unified} has no English name in {NamesPackage} {Versions[NamesPackage]}; the two packages do not belong together");

    private static void RequireVersion(string source, string package, string version)
    {
        string manifest = Path.Combine(source, package, "package.json");
        string install = $"npm install {string.Join(' ', Versions.Select(v => $"{v.Key}@{v.Value}"))}";
        if (!File.Exists(manifest)) throw new DataFormatException($"{source}: package {package} is not there; run '{install}' and give its node_modules folder");
        using var document = JsonDocument.Parse(File.ReadAllBytes(manifest));
        string found = document.RootElement.GetProperty("version").GetString()!;
        if (found != version) throw new DataFormatException($"{source}: {package} is {found}, expected {version} (other versions give other data); run '{install}'");
    }
}
