using System.Diagnostics;
using System.Text.Json;
using MammutScale.Collectives.Benchmark;

namespace MammutScale.Collectives.Tests;

public sealed class BenchmarkTests
{
    [Fact]
    public async Task Benchmark_MeasuresEveryWorldSizeAndTransport()
    {
        var report = await new AllReduceBench(new AllReduceBenchOptions
        {
            StartRank = rank => new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, "MammutScale.Collectives.Rank.dll"), "bench", .. rank]),
            Worlds = [2, 3],
            Sizes = [4_096, 1_000_000],
            Rounds = 1,
            Repetitions = 2,
        }).RunAsync(TestContext.Current.CancellationToken);
        report.Rows.Select(row => (row.World, row.Bytes, row.Transport)).ShouldBe(
        [
            (2, 4_096, "shared-memory"), (2, 4_096, "tcp"), (2, 1_000_000, "shared-memory"), (2, 1_000_000, "tcp"),
            (3, 4_096, "shared-memory"), (3, 4_096, "tcp"), (3, 1_000_000, "shared-memory"), (3, 1_000_000, "tcp"),
        ]);
        report.Rows.ShouldAllBe(row => row.Milliseconds > 0 && row.LimitMilliseconds > 0 && row.GlooMilliseconds == null);
        report.Rows[2].Sentence.ShouldMatch(@"^2 ranks,   1 MB by shared-memory +[\d.]+ ms, +[\d.]+ GB/s; plain sockets [\d.]+ ms \([\d.]+ of the limit\)$");
        (report.Rows[0] with { GlooMilliseconds = 3, GlooRatio = 2.5 }).Sentence.ShouldEndWith("; Gloo 3.000 ms (2.50 times ours)");
        var json = JsonDocument.Parse(report.ToJson()).RootElement;
        json.GetProperty("gloo_ratio").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("limit_ratio").GetDouble().ShouldBeGreaterThan(0);
        json.GetProperty("rows")[0].GetProperty("gigabytes_per_second").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Benchmark_SaysWhatWentWrong_WhenARankCannotStart()
    {
        var bench = new AllReduceBench(new AllReduceBenchOptions { StartRank = _ => new ProcessStartInfo("/bin/sh", ["-c", "echo no such thing >&2; exit 1"]) });
        (await Should.ThrowAsync<CollectiveException>(() => bench.RunAsync(TestContext.Current.CancellationToken))).Message.ShouldContain("The process of rank 0 ended");
    }
}
