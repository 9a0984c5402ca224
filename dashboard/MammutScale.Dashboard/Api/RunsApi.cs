using MammutScale.Dashboard.Feed;
using MammutScale.Dashboard.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MammutScale.Dashboard.Api;

/// <summary>Runs and their history.</summary>
internal static class RunsApi
{
    public const int MostBuckets = 4000;

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/runs", (IRunFeed feed, RunViews views, CancellationToken cancellation) => Refusals.TryAsync(async () =>
            TypedResults.Json(views.Of(await feed.ListAsync(cancellation)), WireFormat.Options)));

        routes.MapGet("/api/runs/{id}", (string id, IRunFeed feed, RunViews views, CancellationToken cancellation) => Refusals.TryAsync(async () =>
            await feed.GetAsync(id, cancellation) is { } run ? TypedResults.Json(views.Of(run), WireFormat.Options) : Refusals.NoSuchRun(id)));

        routes.MapGet("/api/runs/{id}/history", (string id, long? from, long? to, int? buckets, IRunFeed feed, CancellationToken cancellation) =>
            Refusals.TryAsync(async () =>
            {
                int wanted = buckets ?? 1000;
                if (wanted is < 1 or > MostBuckets)
                    return Refusals.No(StatusCodes.Status400BadRequest, $"buckets is {wanted}, expected 1 to {MostBuckets}.");
                if (from > to)
                    return Refusals.No(StatusCodes.Status400BadRequest, $"from ({from}) is after to ({to}).");
                if (await feed.GetAsync(id, cancellation) is null) return Refusals.NoSuchRun(id);
                return TypedResults.Json(HistoryView.Of(await feed.GetHistoryAsync(id, from, to, wanted, cancellation)), WireFormat.Options);
            }));
    }
}
