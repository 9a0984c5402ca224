using Microsoft.Playwright;

namespace MammutScale.Dashboard.Tests.Browser;

/// <summary>One Chromium for the whole collection. Tests skip where it is not installed.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _reason;

    /// <summary>Where pictures of the page are kept: artifacts/screenshots of this repository.</summary>
    public static string Screenshots { get; } = FindScreenshots();

    public async ValueTask InitializeAsync()
    {
        string? executable = Environment.GetEnvironmentVariable("MAMMUT_CHROMIUM") ?? Places.FirstOrDefault(File.Exists);
        if (executable is null || !File.Exists(executable))
        {
            _reason = "Chromium is not installed (Debian: apt-get install chromium, or set MAMMUT_CHROMIUM).";
            return;
        }
        Directory.CreateDirectory(Screenshots);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--force-color-profile=srgb"],
        });
    }

    public IBrowser Browser
    {
        get
        {
            if (_browser is null) Assert.Skip(_reason!);
            return _browser!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }

    private static string FindScreenshots()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MammutScale.sln"))) return Path.Combine(folder.FullName, "artifacts", "screenshots");
        }
        return Path.Combine(AppContext.BaseDirectory, "screenshots");
    }
}

[CollectionDefinition(nameof(Chromium), DisableParallelization = true)]
public sealed class ChromiumCollection : ICollectionFixture<Chromium>;
