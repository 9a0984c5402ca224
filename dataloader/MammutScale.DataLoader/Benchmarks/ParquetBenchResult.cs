using System.Text.Json.Serialization;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>How much to read, and with whom to compare.</summary>
public sealed record ParquetBenchOptions
{
    public int Rows { get; init; } = 2000;

    public int RowsInGroup { get; init; } = 100;

    /// <summary>Bytes of an average picture.</summary>
    public int PictureBytes { get; init; } = 30_000;

    public int Rounds { get; init; } = 24;

    /// <summary>Compare with ParquetSharp where it was built.</summary>
    public bool WithPeer { get; init; } = true;

    /// <summary>The built peer (a .dll); by default the one beside the output that this process runs from.</summary>
    public string? PeerProgram { get; init; }
}

/// <summary>The figures for pictures stored uncompressed, and a row for each codec.</summary>
public sealed record ParquetBenchResult(
    [property: JsonPropertyName("rows_per_second")] double RowsPerSecond,
    [property: JsonPropertyName("peer_ratio")] double? PeerRatio,
    [property: JsonPropertyName("raw_ratio")] double RawRatio,
    [property: JsonPropertyName("rows")] IReadOnlyList<ParquetBenchRow> Codecs);

/// <summary>One codec. The ratios are ours to theirs: above one is faster.</summary>
public sealed record ParquetBenchRow(
    [property: JsonPropertyName("codec")] string Codec,
    [property: JsonPropertyName("rows_per_second")] double RowsPerSecond,
    [property: JsonPropertyName("gigabytes_per_second")] double GigabytesPerSecond,
    [property: JsonPropertyName("raw_gigabytes_per_second")] double RawGigabytesPerSecond,
    [property: JsonPropertyName("peer_ratio")] double? PeerRatio,
    [property: JsonPropertyName("raw_ratio")] double RawRatio);
