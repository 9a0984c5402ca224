using System.Text.Json.Serialization;

namespace MammutScale.DataLoader.Indexing;

/// <summary>The head of an index file, in JSON.</summary>
internal sealed record IndexHeader
{
    public required string Fingerprint { get; init; }

    /// <summary>Addresses that keys are relative to.</summary>
    public required IReadOnlyList<string> Roots { get; init; }

    public required int Files { get; init; }

    public required int RowGroups { get; init; }

    /// <summary>Rows of failed downloads.</summary>
    public required long Failed { get; init; }

    /// <summary>Some row group has rows that are not selected: every row group says which are.</summary>
    public required bool Selects { get; init; }

    public SubsetSummary? Subset { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IndexHeader))]
internal sealed partial class IndexHeaderJson : JsonSerializerContext;
