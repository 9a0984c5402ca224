using MammutScale.Storage.Cache;
using MammutScale.TestKit;

namespace MammutScale.Storage.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("200GB", 200_000_000_000)]
    [InlineData("1.5 TiB", 1_649_267_441_664)]
    [InlineData(" 512 mb ", 512_000_000)]
    [InlineData("4096B", 4096)]
    public void ASizeIsANumberAndAUnit(string text, long bytes)
    {
        ByteSize.TryParse(text, out var found).ShouldBeTrue();
        found.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("200")]
    [InlineData("GB")]
    [InlineData("-1GB")]
    [InlineData("0.1B")]
    [InlineData("1e30TB")]
    [InlineData("many GB")]
    public void AnythingElseIsRefused(string text) => ByteSize.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void TheEnvironmentAsksForACache_OrSaysWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        DiskCache.FromEnvironment(environment: _ => null).ShouldBeNull();
        using (var cache = DiskCache.FromEnvironment(environment: name => name == DiskCache.FolderVariable ? folder.File("cache") : "1GB"))
            cache!.Bytes.ShouldBe(0);
        Should.Throw<StorageException>(() => DiskCache.FromEnvironment(environment: name => name == DiskCache.FolderVariable ? folder.File("cache") : null)).Message.ShouldContain("MAMMUT_CACHE_SIZE is missing");
        Should.Throw<StorageException>(() => DiskCache.FromEnvironment(environment: name => name == DiskCache.FolderVariable ? folder.File("cache") : "much")).Message.ShouldContain("'much'");
    }
}
