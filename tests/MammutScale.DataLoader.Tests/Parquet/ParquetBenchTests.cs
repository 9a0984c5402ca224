using MammutScale.DataLoader.Benchmarks;

namespace MammutScale.DataLoader.Tests.Parquet;

public sealed class ParquetBenchTests
{
    [Fact]
    public async Task Bench_ReadsBothCodecs()
    {
        var result = await ParquetBench.RunAsync(new ParquetBenchOptions { Rows = 300, PictureBytes = 4000, Rounds = 2, WithPeer = false });
        result.Codecs.Select(c => c.Codec).ShouldBe(["uncompressed", "snappy"]);
        result.Codecs.ShouldAllBe(c => c.RowsPerSecond > 0 && c.RawRatio > 0 && c.PeerRatio == null);
    }

    /// <summary>The figures of this machine: run it by name.</summary>
    [Fact(Explicit = true)]
    public async Task Bench_AsShipped()
    {
        var peer = Path.Combine(TestKit.Repository.Output("MammutScale.Peer.ParquetSharp"), "MammutScale.Peer.ParquetSharp.dll");
        var result = await ParquetBench.RunAsync(new ParquetBenchOptions { PeerProgram = peer });
        TestContext.Current.TestOutputHelper!.WriteLine(System.Text.Json.JsonSerializer.Serialize(result));
        Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(result));
    }
}
