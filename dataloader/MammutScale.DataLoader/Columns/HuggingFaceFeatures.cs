using System.Text.Json;

namespace MammutScale.DataLoader.Columns;

/// <summary>The feature types that the Hugging Face libraries leave in a file's metadata.</summary>
internal static class HuggingFaceFeatures
{
    private const string MetadataKey = "huggingface";

    /// <summary>Columns whose feature is <paramref name="type"/>, e.g. <c>Image</c>; empty when nothing is said or it cannot be understood.</summary>
    public static IReadOnlyList<string> ColumnsOf(IReadOnlyDictionary<string, string> keyValues, string type)
    {
        if (!keyValues.TryGetValue(MetadataKey, out var json)) return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!document.RootElement.TryGetProperty("info", out var info) || !info.TryGetProperty("features", out var features)) return [];
            return [.. features.EnumerateObject().Where(f => IsOf(f.Value, type)).Select(f => f.Name)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return []; // a hint, no promise: names still decide
        }
    }

    private static bool IsOf(JsonElement feature, string type)
        => feature.ValueKind == JsonValueKind.Object && feature.TryGetProperty("_type", out var found) && found.ValueKind == JsonValueKind.String && found.ValueEquals(type);
}
