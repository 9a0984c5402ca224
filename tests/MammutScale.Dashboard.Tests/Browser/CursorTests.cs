using System.Text.RegularExpressions;
using MammutScale.Dashboard.Tests.Fakes;
using Microsoft.Playwright;

namespace MammutScale.Dashboard.Tests.Browser;

/// <summary>One cursor for all rows, zoom, follow and keys.</summary>
[Collection(nameof(Chromium))]
public sealed class CursorTests(Chromium chromium)
{
    private const string Run = "small-web3m-b1024";

    [Fact]
    public async Task Cursor_RunsThroughAllRows_AndTheRailsTellItsStep()
    {
        await using var live = await OpenAsync();
        string now = await live.TextAsync("[data-testid=track-loss] .legend li:first-child b");

        await HoverAsync(live, "[data-testid=plot-throughput]", 0.5f);

        (await live.TextAsync("[data-testid=track-loss] .note")).ShouldStartWith("at step");
        (await live.TextAsync("[data-testid=track-loss] .legend li:first-child b")).ShouldNotBe(now);
        (await live.TextAsync(".ruler-tag")).ShouldMatch("^[0-9,]+(–[0-9,]+)?$");
        double[] lines = await live.Page.EvaluateAsync<double[]>("() => [...document.querySelectorAll('.u-cursor-x')].map(e => e.getBoundingClientRect().x)");
        lines.Length.ShouldBe(6);
        (lines.Max() - lines.Min()).ShouldBeLessThan(0.6);
        await live.PictureAsync("run-cursor");

        await live.Page.Mouse.MoveAsync(5, 5);
        await live.Page.WaitForSelectorAsync("[data-testid=track-loss] .note:text-is('now')");
    }

    [Fact]
    public async Task Drag_ZoomsAllRows_FollowGoesOffAndComesBack()
    {
        await using var live = await OpenAsync();
        var box = (await live.Page.Locator("[data-testid=plot-loss] .u-over").BoundingBoxAsync())!;

        await live.Page.Mouse.MoveAsync(box.X + box.Width * 0.70f, box.Y + 60);
        await live.Page.Mouse.DownAsync();
        await live.Page.Mouse.MoveAsync(box.X + box.Width * 0.75f, box.Y + 60, new MouseMoveOptions { Steps = 3 });
        await live.Page.Mouse.MoveAsync(box.X + box.Width * 0.85f, box.Y + 60, new MouseMoveOptions { Steps = 3 });
        await live.Page.Mouse.UpAsync();

        await live.Page.WaitForSelectorAsync("[data-testid=follow][aria-pressed=false]");
        await live.Page.WaitForSelectorAsync(".ruler-labels :text-is('12,000')");
        await live.Page.WaitForSelectorAsync(".strip-frame:not([hidden])");
        await live.Page.WaitForSelectorAsync(".ruler-labels :text-is('0')", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        await live.PictureAsync("run-zoomed");

        await live.Page.Keyboard.PressAsync("z");
        await live.Page.WaitForSelectorAsync("[data-testid=follow][aria-pressed=true]");
        await live.Page.WaitForSelectorAsync(".ruler-labels :text-is('0')");
        await live.MustBeCleanAsync();
    }

    [Fact]
    public async Task Keys_MoveTheCursor_AndTurnTheTheme()
    {
        await using var live = await OpenAsync();

        await live.Page.Keyboard.PressAsync("ArrowLeft");
        await live.Page.WaitForSelectorAsync(".ruler-tag:not([hidden])");
        string first = await live.TextAsync(".ruler-tag");
        await live.Page.Keyboard.PressAsync("Shift+ArrowLeft");
        await live.Page.WaitForFunctionAsync($"() => document.querySelector('.ruler-tag').textContent !== '{first}'");
        await live.Page.Keyboard.PressAsync("[");
        await live.Page.WaitForFunctionAsync("() => document.querySelector('[data-testid=track-loss] .note').textContent.includes('15,0')");

        string before = await live.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor");
        await live.Page.Keyboard.PressAsync("t");
        (await live.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor")).ShouldNotBe(before);

        await live.Page.Keyboard.PressAsync("?");
        (await live.TextAsync(".popover")).ShouldContain("follow the newest step");
        await live.Page.Keyboard.PressAsync("Escape");
        (await live.Page.Locator(".popover").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Mark_TellsItsStory_AndTheCurvesAreATableToo()
    {
        await using var live = await OpenAsync();

        await live.Page.HoverAsync(".ruler-mark[aria-label^='Loss spike']");
        (await live.TextAsync(".popover")).ShouldContain("5.06 against an average of 2.58");
        await live.PictureAsync("run-story");
        await live.Page.Mouse.MoveAsync(5, 5);

        await live.Page.ClickAsync("[data-testid=table]");
        (await live.Page.Locator(".data-table tbody tr").CountAsync()).ShouldBeInRange(100, 200);
        (await live.TextAsync(".data-table tbody tr:first-child td:first-child")).ShouldEndWith("15,370");
        await live.MustBeCleanAsync();
    }

    [Theory]
    [InlineData("workers", "[data-testid=worker]")]
    [InlineData("checkpoints", "[data-testid=checkpoint]")]
    [InlineData("events", ".events li")]
    [InlineData("config", "[data-testid=config]:has-text('global_batch')")]
    public async Task EveryPart_HasItsPage(string part, string shows)
    {
        await using var live = await LivePage.OpenAsync(chromium, new FakeFeed().With(new InventedRun(Run, 14_800)), $"/runs/{Run}/{part}", dark: part == "workers");

        await live.Page.WaitForSelectorAsync(shows);
        (await live.TextAsync("[data-testid=sentence]")).ShouldStartWith("Running at");
        await live.PictureAsync($"part-{part}");
        await live.MustBeCleanAsync();
    }

    [Fact]
    public async Task Plots_SayTheirValuesInWords()
    {
        await using var live = await OpenAsync();

        (await live.Page.GetAttributeAsync("[data-testid=plot-loss]", "aria-label"))!.ShouldMatch(@"^Loss by step: total \d\.\d{4}, contrastive \d\.\d{4}, captioning \d\.\d{4}$");
        (await live.Page.GetAttributeAsync("[data-testid=goodput] canvas", "aria-label"))!.ShouldContain("Compute 83.9");
        (await live.Page.Locator("[data-testid=worker]").CountAsync()).ShouldBe(8);
        (await live.Page.Locator("[data-testid=checkpoint]").CountAsync()).ShouldBeGreaterThan(3);
        var ids = await live.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('button, a, input')].filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.title)).map(e => e.outerHTML)");
        ids.ShouldBeEmpty("every control has a name");
        Regex.IsMatch(await live.Page.ContentAsync(), "style=\"[^\"]*color").ShouldBeFalse();
    }

    private async Task<LivePage> OpenAsync()
    {
        var live = await LivePage.OpenAsync(chromium, new FakeFeed().With(new InventedRun()), $"/runs/{Run}");
        await live.CurvesAtAsync(15_370);
        return live;
    }

    private static async Task HoverAsync(LivePage live, string selector, float share)
    {
        var box = (await live.Page.Locator(selector + " .u-over").BoundingBoxAsync())!;
        await live.Page.Mouse.MoveAsync(box.X + box.Width * share, box.Y + box.Height / 2);
        await live.Page.WaitForSelectorAsync(".ruler-tag:not([hidden])");
    }
}
