namespace MammutScale.DataLoader.Scenes.Words;

/// <summary>As much English as captions need.</summary>
internal static class English
{
    private static readonly string[] Numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    private static readonly Dictionary<string, string> Irregular = new()
    {
        ["mouse"] = "mice",
        ["wolf"] = "wolves",
        ["sheep"] = "sheep",
        ["fish"] = "fish",
        ["goose"] = "geese",
        ["ox"] = "oxen",
        ["moose"] = "moose",
        ["deer"] = "deer",
        ["bison"] = "bison",
        ["knife"] = "knives",
        ["leaf"] = "leaves",
        ["tooth"] = "teeth",
        ["foot"] = "feet",
        ["scarf"] = "scarves",
    };

    internal static string Number(int count) => Numbers[count];

    internal static string A(string phrase) => (phrase[0] is 'a' or 'e' or 'i' or 'o' or 'u' && !phrase.StartsWith("uni", StringComparison.Ordinal) ? "an " : "a ") + phrase;

    internal static string Plural(string noun) =>
        Irregular.TryGetValue(noun, out string? plural) ? plural
        : noun.EndsWith('y') && !"aeiou".Contains(noun[^2]) ? noun[..^1] + "ies"
        : noun.EndsWith('s') || noun.EndsWith('x') || noun.EndsWith('z') || noun.EndsWith("ch", StringComparison.Ordinal) || noun.EndsWith("sh", StringComparison.Ordinal) ? noun + "es"
        : noun + "s";

    internal static string List(IReadOnlyList<string> parts) =>
        parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}";
}
