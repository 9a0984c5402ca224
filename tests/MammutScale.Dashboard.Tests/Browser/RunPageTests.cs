using MammutScale.Contracts;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Browser;

[Collection(nameof(Chromium))]
public sealed class RunPageTests(Chromium chromium)
{
    private const string Run = "small-web3m-b1024";

    [Theory]
    [InlineData("light", 1440, 900, false)]
    [InlineData("dark", 1440, 900, true)]
    [InlineData("phone", 390, 844, false)]
    public async Task CurvesMove_WhenStepsAreCommitted(string name, int width, int height, bool dark)
    {
        var feed = new FakeFeed().With(new InventedRun());
        await using var live = await LivePage.OpenAsync(chromium, feed, $"/runs/{Run}", width, height, dark, scale: 2);
        await live.CurvesAtAsync(15_370);
        // what makes it slow is told once it has cost something for half a minute
        feed.Change(Run, r => r.Now += TimeSpan.FromSeconds(40));
        await live.Page.WaitForSelectorAsync("[data-state=slow]");

        string before = await PixelsAsync(live);
        string lossBefore = await live.TextAsync("[data-testid=track-loss] .legend li:first-child b");
        feed.Commit(Run, 60);
        await live.CurvesAtAsync(15_430);

        (await PixelsAsync(live)).ShouldNotBe(before);
        (await live.TextAsync("[data-testid=track-loss] .legend li:first-child b")).ShouldNotBe(lossBefore);
        (await live.TextAsync("[data-testid=fact-step] b")).ShouldBe("15,430");
        await live.PictureAsync($"run-{name}");
        await live.MustBeCleanAsync();
        await live.PictureAsync($"run-{name}-whole", whole: true);
    }

    [Fact]
    public async Task CurvesGoBack_WhenStepsAreDoneAgain_AndEveryKindOfEventIsShown()
    {
        var feed = new FakeFeed().With(new InventedRun());
        await using var live = await LivePage.OpenAsync(chromium, feed, $"/runs/{Run}");
        await live.CurvesAtAsync(15_370);
        feed.Commit(Run, 60);
        await live.CurvesAtAsync(15_430);
        feed.Change(Run, run =>
        {
            run.GoBack(50);
            foreach (var kind in Enum.GetValues<RunEventKind>()) run.Note(kind, 15_380, run.Now, $"{kind}: as the coordinator tells it.");
        });
        feed.Commit(Run, 10);

        await live.CurvesAtAsync(15_390);
        feed.Commit(Run, 5);
        await live.CurvesAtAsync(15_395);
        await live.Page.GotoAsync(new Uri(live.Host.Address, $"/runs/{Run}/events").ToString());
        foreach (string kind in new[] { "stateDiffers", "checkpointFailed" }) await live.Page.WaitForSelectorAsync($"[data-testid=panel-events] li[data-kind={kind}]");
        live.Complaints.ShouldBeEmpty();
    }

    private static Task<string> PixelsAsync(LivePage live)
        => live.Page.EvaluateAsync<string>("() => document.querySelector('[data-testid=plot-loss] canvas').toDataURL()");
}
