using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MammutScale.Contracts;
using MammutScale.Dashboard.Feed;
using MammutScale.Dashboard.Live;
using MammutScale.Dashboard.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace MammutScale.Dashboard.Api;

/// <summary>
/// The live stream of a run. Events: <c>snapshot</c> (the run, first), <c>update</c> (the run and the steps since),
/// <c>gap</c> (something was dropped: read the history again), <c>contact</c> (heartbeat; says when the coordinator is away).
/// </summary>
internal sealed class EventsApi(RunHubs hubs, RunViews views, IRunFeed feed, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>A page gets no more than four updates a second; what comes between is merged.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/api/runs/{id}/events", async (string id, EventsApi api, CancellationToken cancellation) => await api.OpenAsync(id, cancellation));

    private async Task<IResult> OpenAsync(string id, CancellationToken cancellation)
    {
        try
        {
            if (await feed.GetAsync(id, cancellation) is null) return Refusals.NoSuchRun(id);
        }
        catch (FeedUnavailableException)
        {
            // the stream opens all the same: it says that the coordinator is away and goes on when it is back
        }
        return TypedResults.ServerSentEvents(StreamAsync(id, cancellation));
    }

    private async IAsyncEnumerable<SseItem<string>> StreamAsync(string id, [EnumeratorCancellation] CancellationToken request)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request, lifetime.ApplicationStopping);
        await using var lease = hubs.Open(id);
        // register, then take the snapshot: nothing falls between the two
        using var subscription = lease.Hub.Subscribe();
        long sequence = -1;
        if (await SnapshotAsync(lease.Hub, id, end.Token) is { } first)
        {
            sequence = first.Sequence;
            yield return Item("snapshot", views.Of(RunViews.WithoutSpec(first)), sequence);
        }
        yield return Item("contact", ContactView.Of(lease.Hub.Contact, time.GetUtcNow()), null);
        while (await MoreAsync(subscription, end.Token))
        {
            var batch = LiveBatch.Drain(subscription, ref sequence);
            if (batch.Gap) yield return Item("gap", new { }, null);
            if (batch.Snapshot is { } run)
                yield return Item("update", new UpdateView(views.Of(RunViews.WithoutSpec(run)), batch.Steps), run.Sequence);
            if (batch.Contact is { } contact) yield return Item("contact", ContactView.Of(contact, time.GetUtcNow()), null);
            if (!await PaceAsync(end.Token)) yield break;
        }
    }

    private async Task<RunSnapshot?> SnapshotAsync(RunHub hub, string id, CancellationToken cancellation)
    {
        try
        {
            return hub.Latest ?? await feed.GetAsync(id, cancellation);
        }
        catch (FeedUnavailableException)
        {
            return null;
        }
    }

    private static async Task<bool> MoreAsync(Subscription subscription, CancellationToken cancellation)
    {
        try
        {
            return await subscription.Messages.WaitToReadAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> PaceAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Pace, time, cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static SseItem<string> Item<T>(string kind, T value, long? sequence)
        => new(JsonSerializer.Serialize(value, WireFormat.Options), kind) { EventId = sequence?.ToString(System.Globalization.CultureInfo.InvariantCulture) };
}

/// <summary>The run after some steps.</summary>
internal sealed record UpdateView(RunView View, IReadOnlyList<StepRecord> Steps);

/// <summary>Ages instead of times: the clocks of the page and of this process may differ.</summary>
internal sealed record ContactView(bool Reachable, double? HeardAgo, double? RetryIn)
{
    public static ContactView Of(Contact contact, DateTimeOffset now) => new(
        contact.Reachable,
        contact.Heard is { } heard ? (now - heard).TotalSeconds : null,
        contact.RetryAt is { } retry ? Math.Max(0, (retry - now).TotalSeconds) : null);
}
