using System.Net;
using System.Text.RegularExpressions;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Hosting;

public sealed class PolicyTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/runs/any")]
    [InlineData("/api/runs")]
    [InlineData("/nothing.js")]
    public async Task EveryAnswer_ForbidsOtherSources(string path)
    {
        await using var served = await Served.StartAsync(new FakeFeed());

        using var answer = await served.Client.GetAsync(path);

        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("script-src 'self'");
        policy.ShouldContain("style-src 'self'");
        policy.ShouldContain("connect-src 'self'");
        policy.ShouldNotContain("unsafe");
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        answer.Headers.Server.ShouldBeEmpty();
    }

    [Fact]
    public async Task Page_IsWholeAndNamesNoOtherHost()
    {
        await using var served = await Served.StartAsync(new FakeFeed());
        string html = await served.Client.GetStringAsync("/");

        html.ShouldNotContain("style=");
        Regex.Matches(html, "<script(?![^>]*src=)").ShouldBeEmpty();
        var files = Regex.Matches(html, "(?:src|href)=\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToArray();
        files.Length.ShouldBeGreaterThan(2);
        foreach (string file in files)
        {
            file.ShouldStartWith("/");
            using var answer = await served.Client.GetAsync(file);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, file);
            string text = await answer.Content.ReadAsStringAsync();
            var hosts = Regex.Matches(text, "https?://([a-z0-9.-]+)").Select(m => m.Groups[1].Value).Distinct().ToArray();
            // a name of the SVG namespace, not an address
            hosts.Except(["www.w3.org"]).ShouldBeEmpty(file);
            if (file.StartsWith("/assets/", StringComparison.Ordinal)) answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
        }
    }

    [Fact]
    public async Task StrangersName_IsRefused_OnLoopback()
    {
        await using var served = await Served.StartAsync(new FakeFeed());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/runs");
        request.Headers.Host = "evil.example";

        using var answer = await served.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Assets_AreNotSentAgain_WhenTheBrowserHasThem()
    {
        await using var served = await Served.StartAsync(new FakeFeed());
        using var first = await served.Client.GetAsync("/");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var answer = await served.Client.SendAsync(again);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Metrics_TellRuns_AndForgetThemWhenTheCoordinatorIsAway()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 120)));

        string there = await served.Client.GetStringAsync("/metrics");
        there.ShouldContain("mammut_run_step{run=\"one\"} 120");
        there.ShouldContain("mammut_run_state{run=\"one\",state=\"running\"} 1");
        there.ShouldContain("mammut_run_phase_seconds{run=\"one\",phase=\"backward\"}");
        there.ShouldContain("mammut_dashboard_coordinator_up 1");

        served.Feed.GoAway();
        string away = await served.Client.GetStringAsync("/metrics");
        away.ShouldContain("mammut_dashboard_coordinator_up 0");
        away.ShouldNotContain("run=\"one\"");
    }
}
