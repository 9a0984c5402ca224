using System.Text.Json;
using System.Text.Json.Serialization;
using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Inspection.Previews;

namespace MammutScale.DataLoader.Inspection;

/// <summary>What `data inspect` found.</summary>
public sealed record DataInspection
{
    /// <summary>Roles that the JSON document names.</summary>
    private static readonly ColumnRole[] Told = [ColumnRole.Key, ColumnRole.Media, ColumnRole.Caption, ColumnRole.Question, ColumnRole.Answers, ColumnRole.Boxes, ColumnRole.Labels];

    public required int Files { get; init; }

    public required long RowGroups { get; init; }

    public required long Rows { get; init; }

    public required long Bytes { get; init; }

    public required DataKind Kind { get; init; }

    /// <summary>Columns that were given a role, and why.</summary>
    public required IReadOnlyList<RoleAssignment> Roles { get; init; }

    /// <summary>Compression codecs of the pages.</summary>
    public required IReadOnlyList<string> Codecs { get; init; }

    /// <summary>Every column, with each type that it has in some file.</summary>
    public required IReadOnlyList<ColumnTypes> Columns { get; init; }

    /// <summary>Lengths of captions (or questions) in the rows that were looked at.</summary>
    public required CaptionHistogram Captions { get; init; }

    /// <summary>A few rows, evenly spread.</summary>
    public required IReadOnlyList<SamplePreview> Samples { get; init; }

    /// <summary>Rows that each condition keeps; null without a subset.</summary>
    public SubsetSummary? Subset { get; init; }

    /// <summary>Rows that the subset keeps; null without one.</summary>
    public long? SelectedRows { get; init; }

    /// <summary>Things a person should know: what to run first, what to map.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The document of `data inspect --json`.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new InspectionDocument
        {
            Files = Files,
            RowGroups = RowGroups,
            Rows = Rows,
            Bytes = Bytes,
            Kind = Kind.Name(),
            Columns = Roles.Where(role => Told.Contains(role.Role)).ToDictionary(role => role.Role.ToString().ToLowerInvariant(), role => role.Column),
            Codecs = Codecs,
            Selected = SelectedRows,
            Conditions = Subset?.Conditions.Select(condition => new ConditionDocument(condition.Condition, condition.Rows)).ToArray(),
        },
        InspectionJson.Default.InspectionDocument);
}

/// <summary>A column of the data set.</summary>
/// <param name="Types">Type to the number of files that store it so; more than one is drift.</param>
/// <param name="Missing">Files without it.</param>
public sealed record ColumnTypes(string Name, IReadOnlyDictionary<string, int> Types, int Missing);

internal sealed record InspectionDocument
{
    public required int Files { get; init; }

    public required long RowGroups { get; init; }

    public required long Rows { get; init; }

    public required long Bytes { get; init; }

    public required string Kind { get; init; }

    public required IReadOnlyDictionary<string, string> Columns { get; init; }

    public required IReadOnlyList<string> Codecs { get; init; }

    /// <summary>With a subset only.</summary>
    public long? Selected { get; init; }

    public IReadOnlyList<ConditionDocument>? Conditions { get; init; }
}

internal sealed record ConditionDocument(string Condition, long Rows);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InspectionDocument))]
internal sealed partial class InspectionJson : JsonSerializerContext;
