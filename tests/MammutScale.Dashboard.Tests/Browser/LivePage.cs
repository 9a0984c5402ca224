using System.Collections.Concurrent;
using MammutScale.Dashboard.Configuration;
using MammutScale.Dashboard.Tests.Fakes;
using Microsoft.Playwright;

namespace MammutScale.Dashboard.Tests.Browser;

/// <summary>A dashboard on a fake feed, a page in Chromium looking at it, and all that the page complained about.</summary>
internal sealed class LivePage : IAsyncDisposable
{
    public const string Token = "open-sesame";

    // sees every shift of the layout that no input caused, and every breach of the policy, from the first moment on
    private const string Watch = """
        window.shifts = [];
        new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts.push({ value: e.value, at: Math.round(e.startTime), nodes: e.sources.map(s => (s.node?.className || s.node?.parentElement?.className || s.node?.nodeName) + ' ' + s.previousRect.x + ',' + s.previousRect.y + ' to ' + s.currentRect.x + ',' + s.currentRect.y) }); }).observe({ type: 'layout-shift', buffered: true });
        window.breaches = [];
        document.addEventListener('securitypolicyviolation', e => window.breaches.push(e.violatedDirective + ' ' + e.blockedURI));
        """;
    private readonly IBrowserContext _context;

    private LivePage(FakeFeed feed, DashboardHost host, IBrowserContext context, IPage page)
        => (Feed, Host, _context, Page) = (feed, host, context, page);

    public FakeFeed Feed { get; }

    public DashboardHost Host { get; }

    public IPage Page { get; }

    public ConcurrentQueue<string> Complaints { get; } = new();

    public ConcurrentQueue<string> OtherHosts { get; } = new();

    public static async Task<LivePage> OpenAsync(Chromium chromium, FakeFeed feed, string path, int width = 1440, int height = 900, bool dark = false, float scale = 1, bool signedIn = false)
    {
        var browser = chromium.Browser;
        var host = await DashboardHost.StartAsync(new DashboardOptions { Port = 0, Token = Token }, feed, TimeProvider.System, CancellationToken.None);
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            DeviceScaleFactor = scale,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            TimezoneId = "UTC",
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await context.NewPageAsync();
        var live = new LivePage(feed, host, context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") live.Complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => live.Complaints.Enqueue(error);
        page.Request += (_, request) =>
        {
            var uri = new Uri(request.Url);
            if (uri.Scheme != "data" && uri.Authority != host.Address.Authority) live.OtherHosts.Enqueue(request.Url);
        };
        await page.AddInitScriptAsync(Watch);
        await page.GotoAsync(new Uri(host.Address, path + (signedIn ? $"#token={Token}" : "")).ToString());
        return live;
    }

    /// <summary>Waits until the curves stand at the newest step of a run.</summary>
    public async Task CurvesAtAsync(long step)
    {
        try
        {
            await Page.WaitForSelectorAsync($".score[data-ready=true][data-newest='{step}']", new PageWaitForSelectorOptions { Timeout = 15_000 });
        }
        catch (TimeoutException)
        {
            string state = await Page.EvaluateAsync<string>("() => JSON.stringify(document.querySelector('.score')?.dataset) + ' ' + document.body.innerText.slice(0, 300)");
            throw new TimeoutException($"The curves did not reach step {step}: {state}; {string.Join("; ", Complaints)}");
        }
    }

    public Task<string> TextAsync(string selector) => Page.InnerTextAsync(selector);

    public Task PictureAsync(string name, bool whole = false)
        => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Chromium.Screenshots, name + ".png"), FullPage = whole });

    /// <summary>What must hold of every page at any time.</summary>
    public async Task MustBeCleanAsync()
    {
        Complaints.ShouldBeEmpty();
        OtherHosts.ShouldBeEmpty();
        (await Page.EvaluateAsync<string[]>("() => window.breaches")).ShouldBeEmpty();
        string shifts = await Page.EvaluateAsync<string>("() => JSON.stringify(window.shifts)");
        (shifts == "[]").ShouldBeTrue($"the layout moved: {shifts}");
        (await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0, "the page scrolls sideways");
    }

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        await Host.DisposeAsync();
    }
}
