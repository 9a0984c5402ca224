using MammutScale.DataLoader.Text;

namespace MammutScale.DataLoader.Tests.Text;

public sealed class CaptionOptionsTests
{
    private static readonly string[] Captions = ["one", "two", "three"];

    [Fact]
    public void EveryCaptionIsDrawnAboutEquallyOften_AndAlwaysTheSameForAKey()
    {
        var options = new CaptionOptions();
        var counts = Enumerable.Range(0, 3000).Select(k => options.Choose(Captions, (ulong)k)).CountBy(c => c).ToDictionary();
        counts.Keys.ShouldBe(Captions, ignoreOrder: true);
        counts.Values.ShouldAllBe(c => c > 900 && c < 1100);
        options.Choose(Captions, 77).ShouldBe(options.Choose(Captions, 77));
    }

    [Fact]
    public void TheFirstIsTaken_WhenNothingIsDrawn() =>
        Enumerable.Range(0, 50).ShouldAllBe(k => new CaptionOptions { DrawCaption = false }.Choose(Captions, (ulong)k) == "one");

    [Fact]
    public void PhrasesWrapTheCaption_AndNeedASlot()
    {
        var options = new CaptionOptions { Phrases = ["a photo of {}", "{}!"], Lowercase = true };
        options.Check();
        Enumerable.Range(0, 100).Select(k => options.Choose(["Cat"], (ulong)k)).Distinct().ShouldBe(["a photo of cat", "cat!"], ignoreOrder: true);
        Should.Throw<DataFormatException>(() => new CaptionOptions { Phrases = ["a photo"] }.Check()).Message.ShouldContain("a photo");
    }

    [Fact]
    public void PhraseDoesNotDependOnTheNumberOfCaptions()
    {
        var options = new CaptionOptions { Phrases = ["a {}", "b {}", "c {}"] };
        for (ulong key = 0; key < 50; key++) options.Choose(["x"], key)[0].ShouldBe(options.Choose(["x", "y"], key)[0]);
    }
}
