using System.Diagnostics;

namespace MammutScale.Dashboard.Tests;

/// <summary>The page's own unit tests (vitest), run where its sources are.</summary>
public sealed class PageUnitTests
{
    [Fact]
    public async Task PageTests_Pass()
    {
        string? ui = FindSources();
        Assert.SkipWhen(ui is null || !File.Exists(Path.Combine(ui, "node_modules", "vitest", "vitest.mjs")), "The page's sources are not here.");
        var start = new ProcessStartInfo("node") { WorkingDirectory = ui, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["node_modules/vitest/vitest.mjs", "run", "--reporter=dot", "--no-color"]) start.ArgumentList.Add(argument);
        using var vitest = Process.Start(start)!;
        var output = vitest.StandardOutput.ReadToEndAsync();
        var errors = vitest.StandardError.ReadToEndAsync();
        await vitest.WaitForExitAsync();

        vitest.ExitCode.ShouldBe(0, await output + await errors);
        (await output).ShouldContain("passed");
    }

    private static string? FindSources()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string ui = Path.Combine(folder.FullName, "dashboard", "ui");
            if (Directory.Exists(ui)) return ui;
        }
        return null;
    }
}
