using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MammutScale.Collectives.Benchmark;

/// <summary>The result of <see cref="AllReduceBench"/>. Ratios above 1 mean that we are faster.</summary>
/// <param name="GlooRatio">Gloo's time over ours at 25 MB in a world of 2; null without the peer.</param>
/// <param name="LimitRatio">Our throughput over that of plain loopback sockets moving the same bytes, at 25 MB in a world of 2.</param>
/// <param name="Rows">One row a world, size and transport.</param>
public sealed record AllReduceReport(double? GlooRatio, double LimitRatio, IReadOnlyList<AllReduceRow> Rows)
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.AllReduceReport);
}

/// <param name="World">Ranks, each a process.</param>
/// <param name="Bytes">Size of the buffer.</param>
/// <param name="Transport">"shared-memory" (the default between ranks of one host) or "tcp".</param>
/// <param name="Milliseconds">Time of one all-reduce.</param>
/// <param name="GigabytesPerSecond">Bytes over time.</param>
/// <param name="BusGigabytesPerSecond">Bytes that each rank sends, 2 (world - 1) / world of the buffer, over time.</param>
/// <param name="LimitMilliseconds">Plain loopback sockets moving what each rank must send, without computing.</param>
/// <param name="LimitRatio">Their time over ours.</param>
/// <param name="GlooMilliseconds">Gloo's time.</param>
/// <param name="GlooRatio">Gloo's time over ours.</param>
public sealed record AllReduceRow(
    int World,
    long Bytes,
    string Transport,
    double Milliseconds,
    double GigabytesPerSecond,
    double BusGigabytesPerSecond,
    double LimitMilliseconds,
    double LimitRatio,
    double? GlooMilliseconds,
    double? GlooRatio)
{
    /// <summary>The row for people.</summary>
    [JsonIgnore]
    public string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"{World} ranks, {Size,6} by {Transport,-13} {Milliseconds,9:0.000} ms, {GigabytesPerSecond,6:0.00} GB/s; plain sockets {LimitMilliseconds:0.000} ms ({LimitRatio:0.00} of the limit){Gloo}");

    private string Size => Bytes >= 1_000_000 ? $"{Bytes / 1_000_000} MB" : $"{Bytes / 1024} KB";

    private string Gloo => GlooMilliseconds is { } ms && GlooRatio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"; Gloo {ms:0.000} ms ({ratio:0.00} times ours)") : "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AllReduceReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
