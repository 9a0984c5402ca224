using MammutScale.DataLoader.Benchmarks;

namespace MammutScale.DataLoader.Tests.Pipeline;

public sealed class LoaderBenchTests
{
    [Fact]
    public async Task FiguresAreMeasured_AndTheMissingPeerIsNamed()
    {
        var result = await LoaderBench.RunAsync(new LoaderBenchOptions { Tokenizer = PictureFolder.Tokenizer, Pictures = 130, Rounds = 1, Size = 32 }, TestContext.Current.CancellationToken);
        result.SamplesPerSecond.ShouldBeGreaterThan(0);
        result.LimitRatio.ShouldBe(result.SamplesPerSecond / result.LimitSamplesPerSecond, 1e-9);
        result.PeerRatio.ShouldBeNull();
        result.PeerMissing.ShouldBe("no peer script given");
        result.MeanPictureBytes.ShouldBeInRange(20_000, 45_000);
    }

    [Fact]
    public async Task MissingInterpreterIsNoFailure()
    {
        string script = Path.Combine(Samples.ShippedSamples.Folder, "..", "..", "tests", "peers", "loader_peer.py");
        var result = await LoaderBench.RunAsync(new LoaderBenchOptions { Tokenizer = PictureFolder.Tokenizer, Pictures = 130, Rounds = 1, Size = 32, PeerScript = script, Python = "no-such-python" }, TestContext.Current.CancellationToken);
        result.PeerSamplesPerSecond.ShouldBeNull();
        result.PeerMissing.ShouldBe("no Python with torch and PIL found");
    }
}
