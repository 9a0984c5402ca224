using System.Net.ServerSentEvents;
using System.Text.Json;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Api;

public sealed class EventsApiTests
{
    [Fact]
    public async Task Stream_BeginsWithASnapshotAndGoesOnWithEverySteps()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 100)));
        await using var stream = await Stream.OpenAsync(served, "one");

        (await stream.NextAsync("snapshot")).GetProperty("run").GetProperty("step").GetInt64().ShouldBe(100);
        await stream.WatchedAsync(served.Feed);
        served.Feed.Commit("one", 3);
        served.Feed.Commit("one", 2);

        var seen = new List<long>();
        while (seen.Count < 5)
        {
            var update = await stream.NextAsync("update");
            seen.AddRange(update.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("step").GetInt64()));
        }
        seen.ShouldBe([101, 102, 103, 104, 105]);
    }

    [Fact]
    public async Task Stream_TellsNothingTwice_WhenTheSourceRepeatsItsState()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 100)));
        await using var first = await Stream.OpenAsync(served, "one");
        await first.NextAsync("snapshot");
        await first.WatchedAsync(served.Feed);
        served.Feed.Commit("one", 1);
        await first.NextAsync("update");

        // the second viewer joins a hub that is already at step 101
        await using var second = await Stream.OpenAsync(served, "one");
        (await second.NextAsync("snapshot")).GetProperty("run").GetProperty("step").GetInt64().ShouldBe(101);
        served.Feed.Commit("one", 1);
        var update = await second.NextAsync("update");

        update.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("step").GetInt64()).ShouldBe([102]);
        served.Feed.Watchers.ShouldBe(1);
    }

    [Fact]
    public async Task Stream_SaysThatTheCoordinatorIsAway_AndGoesOnWithAGap()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 100)));
        await using var stream = await Stream.OpenAsync(served, "one");
        await stream.NextAsync("snapshot");
        await stream.WatchedAsync(served.Feed);

        served.Feed.GoAway();
        JsonElement contact;
        do contact = await stream.NextAsync("contact");
        while (contact.GetProperty("reachable").GetBoolean());
        contact.GetProperty("retryIn").GetDouble().ShouldBeInRange(0, 5);

        served.Feed["one"].Commit(4);
        served.Feed.ComeBack();
        await stream.NextAsync("gap");
        (await stream.NextAsync("update")).GetProperty("view").GetProperty("run").GetProperty("step").GetInt64().ShouldBe(104);
    }

    [Fact]
    public async Task Watching_Ends_WhenTheLastViewerLeaves()
    {
        await using var served = await Served.StartAsync(new FakeFeed().With(new InventedRun("one", 100)));
        await using (var stream = await Stream.OpenAsync(served, "one"))
        {
            await stream.NextAsync("snapshot");
            await stream.WatchedAsync(served.Feed);
        }
        await Eventually(() => served.Feed.Watchers == 0);
    }

    private static async Task Eventually(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds()) await Task.Delay(20, limit.Token);
    }

    private sealed class Stream : IAsyncDisposable
    {
        private readonly HttpResponseMessage _answer;
        private readonly IAsyncEnumerator<SseItem<string>> _events;

        private Stream(HttpResponseMessage answer, System.IO.Stream body)
        {
            _answer = answer;
            _events = SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator();
        }

        public static async Task<Stream> OpenAsync(Served served, string run)
        {
            var answer = await served.Client.GetAsync($"/api/runs/{run}/events", HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            return new Stream(answer, await answer.Content.ReadAsStreamAsync());
        }

        public async Task<JsonElement> NextAsync(string kind)
        {
            while (await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)))
            {
                if (_events.Current.EventType == kind) return JsonDocument.Parse(_events.Current.Data).RootElement;
            }
            throw new InvalidOperationException($"The stream ended before '{kind}'.");
        }

        public Task WatchedAsync(FakeFeed feed) => Eventually(() => feed.Watchers > 0);

        public ValueTask DisposeAsync()
        {
            _answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
