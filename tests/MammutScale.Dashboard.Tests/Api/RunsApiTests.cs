using System.Net;
using System.Text.Json;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Api;

public sealed class RunsApiTests
{
    [Fact]
    public async Task Runs_AreListedWithTheirSentences()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 300), new InventedRun("two", 0)));

        var runs = await JsonAsync(served, "/api/runs");

        runs.GetProperty("runs").GetArrayLength().ShouldBe(2);
        var one = runs.GetProperty("runs")[0];
        one.GetProperty("run").GetProperty("state").GetString().ShouldBe("running");
        one.GetProperty("sentence").GetProperty("state").GetString().ShouldBe("running");
        runs.GetProperty("sentence").GetProperty("first")[0].GetProperty("text").GetString().ShouldBe("One of 2 active runs needs a look.");
        // the run file is long: it comes with the run itself only
        one.GetProperty("run").GetProperty("submission").GetProperty("spec").GetString().ShouldBeEmpty();
        (await JsonAsync(served, "/api/runs/one")).GetProperty("run").GetProperty("submission").GetProperty("spec").GetString()!.ShouldContain("global_batch");
    }

    [Fact]
    public async Task History_KeepsWindowBucketsAndSpikes()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 13_000)));

        var history = await JsonAsync(served, $"/api/runs/one/history?from=11000&to=12999&buckets=100");

        history.GetProperty("firstStep")[0].GetInt64().ShouldBe(11_000);
        int buckets = history.GetProperty("count").GetArrayLength();
        buckets.ShouldBe(100);
        var loss = history.GetProperty("max")[0];
        Enumerable.Range(0, buckets).Max(i => loss[i].GetDouble()).ShouldBeGreaterThan(3.5);
    }

    [Fact]
    public async Task History_WritesNotFiniteAsWords()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 4_200)));

        var history = await JsonAsync(served, $"/api/runs/one/history?from={InventedCurves.NotFiniteAt}&to={InventedCurves.NotFiniteAt}&buckets=10");

        history.GetProperty("mean")[0][0].GetString().ShouldBe("NaN");
        history.GetProperty("nonFinite")[0].GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/runs/none", HttpStatusCode.NotFound, "The coordinator knows no run 'none'.")]
    [InlineData("/api/runs/none/history", HttpStatusCode.NotFound, "The coordinator knows no run 'none'.")]
    [InlineData("/api/runs/none/events", HttpStatusCode.NotFound, "The coordinator knows no run 'none'.")]
    [InlineData("/api/runs/one/history?buckets=0", HttpStatusCode.BadRequest, "buckets is 0, expected 1 to 4000.")]
    [InlineData("/api/runs/one/history?from=9&to=3", HttpStatusCode.BadRequest, "from (9) is after to (3).")]
    [InlineData("/api/nothing", HttpStatusCode.NotFound, "Nothing is at /api/nothing.")]
    public async Task Refusal_IsOneSentence(string path, HttpStatusCode status, string sentence)
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 10)));

        using var answer = await served.Client.GetAsync(path);

        answer.StatusCode.ShouldBe(status);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("title").GetString().ShouldBe(sentence);
    }

    [Fact]
    public async Task CoordinatorAway_IsSaidAndThePageIsServedAllTheSame()
    {
        var feed = new FakeFeed().With(new InventedRun("one", 10));
        feed.GoAway();
        await using var served = await Served.StartAsync(feed);

        using var answer = await served.Client.GetAsync("/api/runs");
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Training goes on without the dashboard.");
        (await served.Client.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await served.Client.GetStringAsync("/healthz")).ShouldBe("healthy");
    }

    private static async Task<JsonElement> JsonAsync(Served served, string path)
        => JsonDocument.Parse(await served.Client.GetStringAsync(path)).RootElement;
}
