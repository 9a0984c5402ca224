using MammutScale.TestKit;
using Microsoft.Playwright;

namespace MammutScale.EndToEnd.Tests;

/// <summary>The page in a real browser while a real run is under way.</summary>
public sealed class LiveDashboardTests
{
    private const string Executable = "/usr/bin/chromium";
    private const float PatienceMs = 240_000;

    [Fact]
    public async Task CurvesMoveAndControlsWork_WhenTheRunIsWatchedInChromium()
    {
        if (!File.Exists(Executable)) Assert.Skip("Chromium is not installed (Debian: apt-get install chromium).");
        using var work = new TemporaryFolder();
        await using var mammut = MammutProcess.Start(Local.Quickstart(work, 400, 2));
        var run = await mammut.WaitForRunAsync(r => Local.Step(r) >= 3, Local.Limit, "step 3");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        var complaints = new List<string>();
        page.PageError += (_, error) => complaints.Add(error);
        var address = await mammut.DashboardAsync(Local.Limit);
        await page.GotoAsync(new Uri(address, $"runs/{Local.Id(run)}{address.Fragment}").ToString());
        await page.WaitForSelectorAsync(".score[data-ready=true]", new PageWaitForSelectorOptions { Timeout = PatienceMs });

        long first = await NewestAsync(page);
        byte[] before = await page.GetByTestId("plot-loss").ScreenshotAsync();
        long limit = Environment.TickCount64 + (long)PatienceMs;
        while (await NewestAsync(page) < first + 8 && Environment.TickCount64 < limit) await Task.Delay(200, TestContext.Current.CancellationToken);
        (await NewestAsync(page)).ShouldBeGreaterThanOrEqualTo(first + 8, "no newer step reached the page");
        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        byte[] after = await page.GetByTestId("plot-loss").ScreenshotAsync();

        after.SequenceEqual(before).ShouldBeFalse("the loss curve is drawn as before");
        (await page.GetByTestId("sentence").InnerTextAsync()).ShouldContain("workers");
        // the printed address is enough to steer the run
        await page.GetByTestId("control-checkpoint").ClickAsync(new LocatorClickOptions { Timeout = PatienceMs });
        await mammut.WaitForRunAsync(r => r.GetProperty("checkpoints").GetArrayLength() > 0, Local.Limit, "the checkpoint that was asked for");
        complaints.ShouldBeEmpty();
        string pictures = Repository.PathOf("artifacts", "screenshots");
        Directory.CreateDirectory(pictures);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(pictures, "live-run.png"), FullPage = true });
        mammut.Signal(Local.Interrupt);
        await mammut.WaitForExitAsync(Local.Limit);
    }

    private static async Task<long> NewestAsync(IPage page) => long.Parse(await page.Locator(".score").GetAttributeAsync("data-newest") ?? "-1");
}
