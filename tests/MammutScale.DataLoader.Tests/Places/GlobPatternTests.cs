using MammutScale.DataLoader.Places;

namespace MammutScale.DataLoader.Tests.Places;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("*.parquet", "a.parquet", true)]
    [InlineData("*.parquet", "x/a.parquet", false)]
    [InlineData("**/*.parquet", "a.parquet", true)]
    [InlineData("**/*.parquet", "x/y/a.parquet", true)]
    [InlineData("0000?.parquet", "00007.parquet", true)]
    [InlineData("0000[0-3].parquet", "00007.parquet", false)]
    [InlineData("0000[!0-3].parquet", "00007.parquet", true)]
    [InlineData("{train,val}/*.parquet", "val/a.parquet", true)]
    [InlineData("{train,val}/*.parquet", "test/a.parquet", false)]
    [InlineData("a+b(1)*.pq", "a+b(1)x.pq", true)]
    [InlineData("a.parquet*", "aXparquet", false)]
    public void Keys_AreMatched(string pattern, string key, bool matches) => new GlobPattern(pattern).Matches(key).ShouldBe(matches);

    [Fact]
    public void ThePrefix_EndsBeforeTheFirstWildcard() => new GlobPattern("part-0*/x.parquet").Prefix.ShouldBe("part-0");

    [Fact]
    public void AnOpenBrace_IsRefused() => Should.Throw<DataPlaceException>(() => new GlobPattern("{a,b.parquet"));
}
