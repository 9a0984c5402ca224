using MammutScale.Contracts;
using MammutScale.Dashboard.Tests.Fakes;
using Microsoft.Playwright;

namespace MammutScale.Dashboard.Tests.Browser;

/// <summary>The states of the run page (look: states.png): each says what is, and keeps what is known.</summary>
[Collection(nameof(Chromium))]
public sealed class StatesTests(Chromium chromium)
{
    private const string Run = "emoji-quickstart";

    [Fact]
    public async Task Stale_SaysItsAge_KeepsTheCurves_AndComesBack()
    {
        await using var live = await OpenAsync(new InventedRun(Run, 700));
        await live.CurvesAtAsync(700);

        live.Feed.GoAway();
        await live.Page.WaitForSelectorAsync(".sentence[data-state=stale]");
        (await live.TextAsync("[data-testid=sentence]")).ShouldStartWith("Last heard from");
        (await live.TextAsync("[data-testid=sentence-second]")).ShouldContain("training goes on without it");
        (await live.TextAsync("[data-testid=live]")).ShouldBe("Reconnecting");
        (await live.Page.IsDisabledAsync("[data-testid=control-pause]")).ShouldBeTrue();
        (await live.TextAsync("[data-testid=track-loss] .legend li:first-child b")).ShouldNotBe("–");
        await live.PictureAsync("state-stale");

        live.Feed[Run].Commit(5);
        live.Feed.ComeBack();
        await live.CurvesAtAsync(705);
        (await live.TextAsync("[data-testid=live]")).ShouldBe("Live");
        await live.MustBeCleanAsync();
    }

    [Fact]
    public async Task DashboardGone_IsToldByThePageItself()
    {
        var live = await OpenAsync(new InventedRun(Run, 300));
        await using var _ = live;
        await live.CurvesAtAsync(300);

        await live.Host.DisposeAsync();

        await live.Page.WaitForSelectorAsync(".sentence[data-state=stale]", new PageWaitForSelectorOptions { Timeout = 15_000 });
        (await live.TextAsync("[data-testid=sentence-second]")).ShouldContain("This page cannot reach the dashboard");
    }

    [Fact]
    public async Task NoStepsYet_IsSaidOnTheEmptyGrid()
    {
        await using var live = await OpenAsync(new InventedRun(Run, 0) { Workers = 2 });
        await live.Page.WaitForSelectorAsync(".plot-empty:not([hidden])");

        (await live.TextAsync("[data-testid=plot-loss] .plot-empty")).ShouldBe("No steps yet; the first takes longer.");
        (await live.TextAsync("[data-testid=plot-retrieval] .plot-empty")).ShouldBe("No evaluation yet.");
        await live.PictureAsync("state-no-steps");
        live.Feed.Commit(Run, 1);
        await live.CurvesAtAsync(1);
        live.Feed.Commit(Run, 2);
        await live.CurvesAtAsync(3);
        await live.PictureAsync("state-first-steps");
        await live.MustBeCleanAsync();
    }

    [Theory]
    [InlineData(RunState.Paused, "paused", "by kim")]
    [InlineData(RunState.Failed, "failed", "The loss was not finite for 3 steps")]
    [InlineData(RunState.Completed, "completed", "")]
    [InlineData(RunState.Recovering, "recovering", "worker 1 (worker-1) was lost: its process was ended by signal 9")]
    public async Task State_IsSaidInWordsShapeAndTitle(RunState state, string word, string reason)
    {
        var run = new InventedRun(Run, 700) { State = state, Reason = reason, Workers = 2, TotalSteps = 800 };
        if (state is RunState.Completed or RunState.Failed) run.EndedAt = run.Now;
        await using var live = await OpenAsync(run);
        await live.CurvesAtAsync(700);

        await live.Page.WaitForSelectorAsync($".sentence[data-state={word}] svg");
        (await live.Page.TitleAsync()).ShouldBe($"{word} · {Run}");
        await live.PictureAsync($"state-{word}");
        await live.MustBeCleanAsync();
    }

    [Fact]
    public async Task UnknownRun_IsSaid()
    {
        await using var live = await LivePage.OpenAsync(chromium, new FakeFeed(), "/runs/none");

        await live.Page.WaitForFunctionAsync("() => document.querySelector('[data-testid=sentence]').textContent === \"There is no run 'none'.\"");
    }

    [Fact]
    public async Task Controls_TellEveryStage_AndAreDoneWhenTheWorkersSaySo()
    {
        var run = new InventedRun(Run, 700) { Workers = 2 };
        await using var live = await LivePage.OpenAsync(chromium, new FakeFeed().With(run), $"/runs/{Run}", signedIn: true);
        await live.CurvesAtAsync(700);
        await live.Page.WaitForSelectorAsync("[data-testid=control-pause]:enabled");
        (await live.Page.EvaluateAsync<string>("() => location.hash")).ShouldBeEmpty("the token stays out of the address");

        await live.Page.ClickAsync("[data-testid=control-pause]");
        await live.Page.WaitForSelectorAsync("[data-testid=control-story]");
        (await CommandAsync(live)).ShouldBe(RunCommandKind.Pause);
        (await live.TextAsync("[data-testid=control-story]")).ShouldContain("Requested");

        live.Feed.Change(Run, r => r.Pending = new PendingCommand { Kind = RunCommandKind.Pause, By = "kim", At = r.Now, Acknowledged = ["worker-0"] });
        await live.Page.WaitForSelectorAsync("[data-testid=control-story] :text('Acknowledged by 1 of 2 workers')");
        (await live.TextAsync("[data-testid=control-pause]")).ShouldBe("Pausing, 1 of 2");
        await live.PictureAsync("control-acknowledged");

        live.Feed.Change(Run, r => (r.State, r.Pending, r.AllWorkers, r.Reason) = (RunState.Paused, null, WorkerState.Paused, "by kim"));
        await live.Page.WaitForSelectorAsync("[data-testid=control-outcome]:has-text('Paused at step 700')");
        await live.Page.Keyboard.PressAsync("Escape");
        await live.Page.WaitForSelectorAsync("[data-testid=control-pause]:has-text('Resume')");
        await live.PictureAsync("control-paused");
        await live.MustBeCleanAsync();
    }

    [Fact]
    public async Task Controls_AreOff_UntilTheTokenIsGiven()
    {
        await using var live = await OpenAsync(new InventedRun(Run, 100) { Workers = 2 });
        await live.Page.WaitForSelectorAsync("[data-testid=sign-in]:not([data-off])");
        (await live.Page.IsDisabledAsync("[data-testid=control-stop]")).ShouldBeTrue();

        await live.Page.ClickAsync("[data-testid=sign-in]");
        await live.Page.FillAsync("[data-testid=token]", "wrong");
        await live.Page.Keyboard.PressAsync("Enter");
        await live.Page.WaitForSelectorAsync(".popover .error:has-text('not the token')");
        await live.Page.FillAsync("[data-testid=token]", LivePage.Token);
        await live.Page.Keyboard.PressAsync("Enter");
        await live.Page.WaitForSelectorAsync("[data-testid=control-stop]:enabled");

        // stopping asks first
        await live.Page.ClickAsync("[data-testid=control-stop]");
        live.Feed.Commands.ShouldBeEmpty();
        await live.Page.ClickAsync("[data-testid=stop-confirm]");
        await live.Page.WaitForSelectorAsync("[data-testid=control-story]");
        (await CommandAsync(live)).ShouldBe(RunCommandKind.Stop);
    }

    private static async Task<RunCommandKind> CommandAsync(LivePage live)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (live.Feed.Commands.Count == 0) await Task.Delay(20, limit.Token);
        return live.Feed.Commands.ShouldHaveSingleItem().Command.Kind;
    }

    private Task<LivePage> OpenAsync(InventedRun run) => LivePage.OpenAsync(chromium, new FakeFeed().With(run), $"/runs/{run.Name}");
}
