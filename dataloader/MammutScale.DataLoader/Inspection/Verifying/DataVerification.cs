using System.Text.Json;
using System.Text.Json.Serialization;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>What `data verify` found: rows = good + bad + failed.</summary>
public sealed record DataVerification
{
    public required int Files { get; init; }

    public required long RowGroups { get; init; }

    public required long Rows { get; init; }

    /// <summary>Rows that the downloader did not get; nobody's fault.</summary>
    public required long Failed { get; init; }

    public required long Good { get; init; }

    public required long Bad { get; init; }

    /// <summary>Bad rows by reason, the most frequent first.</summary>
    public required IReadOnlyDictionary<string, long> Reasons { get; init; }

    /// <summary>See <see cref="RowDigest"/>; over the good rows.</summary>
    public required string Digest { get; init; }

    public required IReadOnlyList<BadRowReport> BadRows { get; init; }

    /// <summary>The document of `data verify --json`.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, VerificationJson.Default.DataVerification);
}

/// <param name="File">Address of the file.</param>
/// <param name="Row">Row, counted from 0 in the file.</param>
public sealed record BadRowReport(string File, long Row, string Reason);

/// <summary>How far a verification is.</summary>
public sealed record VerifyProgress(long Done, long Rows, long Bad);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DataVerification))]
internal sealed partial class VerificationJson : JsonSerializerContext;
