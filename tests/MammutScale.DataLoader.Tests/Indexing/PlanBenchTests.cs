using MammutScale.DataLoader.Benchmarks;

namespace MammutScale.DataLoader.Tests.Indexing;

[Collection(nameof(Pipeline.Alone))]
public sealed class PlanBenchTests(ITestOutputHelper output)
{
    [Fact]
    public void AMillionRowGroups_StayWithinMemoryAndLookUpTime()
    {
        var result = PlanBench.Run();
        output.WriteLine(result.ToString());
        result.RowGroups.ShouldBe(1_000_000);
        result.TotalBytes.ShouldBeLessThan(200_000_000);
        result.IndexBytes.ShouldBeLessThan(100_000_000);
        // the promise is 2 µs; a machine that builds for nine people at once gets room
        result.LookupNanoseconds.ShouldBeLessThan(20_000);
        result.ResumeMilliseconds.ShouldBeLessThan((3 * result.ColdStartMilliseconds) + 500);
    }
}
