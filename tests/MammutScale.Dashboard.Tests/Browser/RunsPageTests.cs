using MammutScale.Contracts;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Browser;

[Collection(nameof(Chromium))]
public sealed class RunsPageTests(Chromium chromium)
{
    [Theory]
    [InlineData("light", 1440, 900, false)]
    [InlineData("dark-phone", 390, 844, true)]
    public async Task Runs_AreListed_FilteredAndOpened(string name, int width, int height, bool dark)
    {
        await using var live = await LivePage.OpenAsync(chromium, Several(), "/", width, height, dark, scale: 2);
        await live.Page.WaitForSelectorAsync("[data-testid=run-row]:nth-child(3)");
        live.Feed.Change("small-web3m-b1024", r => r.Now += TimeSpan.FromSeconds(40));
        await live.Page.WaitForSelectorAsync("[data-testid=run-row][data-state=slow]");
        await live.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('.spark:not([hidden])')].every(c => c.width > 124)");
        (await live.TextAsync("[data-testid=sentence]")).ShouldBe("2 of 4 active runs need a look.".Replace("2", "Two"));
        await live.PictureAsync($"runs-{name}");
        await live.MustBeCleanAsync();

        await live.Page.FillAsync("[data-testid=filter]", "state:failed");
        (await live.Page.Locator("[data-testid=run-row]").CountAsync()).ShouldBe(1);
        await live.Page.FillAsync("[data-testid=filter]", "nothing-like-it");
        (await live.Page.IsVisibleAsync(".nothing")).ShouldBeTrue();
        await live.Page.FillAsync("[data-testid=filter]", "");
        await live.Page.ClickAsync("text=emoji-quickstart");
        await live.Page.WaitForURLAsync("**/runs/emoji-quickstart");
    }

    [Fact]
    public async Task NoRuns_SaysHowToStartOne()
    {
        await using var live = await LivePage.OpenAsync(chromium, new FakeFeed(), "/");
        await live.Page.WaitForSelectorAsync(".start:not([hidden])");

        (await live.TextAsync(".start")).ShouldContain("./mammut quickstart");
        (await live.TextAsync("[data-testid=sentence]")).ShouldBe("No runs yet.");
        await live.PictureAsync("runs-empty");
        await live.MustBeCleanAsync();
    }

    [Fact]
    public async Task CoordinatorAway_IsSaid_AndTheListComesBack()
    {
        var feed = Several();
        feed.GoAway();
        await using var live = await LivePage.OpenAsync(chromium, feed, "/");
        await live.Page.WaitForSelectorAsync(".sentence[data-state=stale]");
        (await live.TextAsync("[data-testid=sentence]")).ShouldBe("The coordinator at fake:1 does not answer.");

        feed.ComeBack();

        await live.Page.WaitForSelectorAsync("[data-testid=run-row]");
    }

    private static FakeFeed Several()
    {
        var now = TimeProvider.System.GetUtcNow();
        var failed = new InventedRun("small-web3m-lr2e-3", 4_112, now.AddHours(-9), 5) { State = RunState.Failed, Reason = "The loss was not finite for 3 steps", EndedAt = now.AddHours(-9) };
        var completed = new InventedRun("small-web3m-caponly", 20_000, now.AddHours(-12), 6) { State = RunState.Completed, EndedAt = now.AddHours(-12), LostSince = null };
        var stopped = new InventedRun("scenes-video-qa", 7_412, now.AddHours(-20), 7) { State = RunState.Stopped, Reason = "by joao", EndedAt = now.AddHours(-20), Workers = 4 };
        return new FakeFeed().With(
            new InventedRun(now: now), new InventedRun("b32-laion-4k", 8_000, now, 2), new InventedRun("emoji-quickstart", 420, now, 3) { Workers = 2, TotalSteps = 600 },
            new InventedRun("l14-web3m-probe", 0, now) { State = RunState.Gathering, Workers = 3, StateSince = now.AddMinutes(-6) }, failed, completed, stopped);
    }
}
