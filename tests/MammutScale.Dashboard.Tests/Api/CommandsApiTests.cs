using System.Net;
using MammutScale.Contracts;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Api;

public sealed class CommandsApiTests
{
    [Theory]
    [InlineData("pause", RunCommandKind.Pause)]
    [InlineData("resume", RunCommandKind.Resume)]
    [InlineData("stop", RunCommandKind.Stop)]
    [InlineData("checkpoint", RunCommandKind.Checkpoint)]
    public async Task Command_ReachesTheRun_WithTheNameOfWhoAsked(string kind, RunCommandKind expected)
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 10)));

        using var answer = await served.PostAsync("/api/runs/one/commands", new { kind, by = "kim" }, Served.Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        served.Feed.Commands.ShouldHaveSingleItem().ShouldBe(("one", new RunCommand { Kind = expected, By = "kim" }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task Command_IsRefused_WithoutTheToken(string? token)
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 10)));

        using var answer = await served.PostAsync("/api/runs/one/commands", new { kind = "stop" }, token);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Read-only: sign in");
        served.Feed.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task Command_IsRefused_WhenTheDashboardHasNoToken()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 10)), token: null);

        using var answer = await served.PostAsync("/api/runs/one/commands", new { kind = "stop" }, "");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        served.Feed.Commands.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("explode")]
    [InlineData("2")]
    [InlineData(null)]
    public async Task Command_IsRefused_WhenItIsNone(string? kind)
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 10)));

        using var answer = await served.PostAsync("/api/runs/one/commands", new { kind }, Served.Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("expected pause, resume, stop or checkpoint");
    }

    [Fact]
    public async Task Refusal_OfTheCoordinator_IsPassedOn()
    {
        var feed = new FakeFeed { Refusal = "Run one has done all its steps and cannot be resumed." }.With(new InventedRun("one", 10));
        await using var served = await Served.StartAsync(feed);

        using var answer = await served.PostAsync("/api/runs/one/commands", new { kind = "resume" }, Served.Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("cannot be resumed");
    }
}
