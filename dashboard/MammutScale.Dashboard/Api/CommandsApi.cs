using MammutScale.Contracts;
using MammutScale.Dashboard.Feed;
using MammutScale.Dashboard.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MammutScale.Dashboard.Api;

/// <summary>Pause, resume, stop, checkpoint.</summary>
internal static class CommandsApi
{
    private const int LongestName = 64;

    public static void MapCommands(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/session", (HttpRequest request, ControlToken token) =>
            TypedResults.Json(new SessionView(token.Exists, token.Allows(request)), WireFormat.Options));

        routes.MapPost("/api/runs/{id}/commands", (string id, CommandRequest body, HttpRequest request, ControlToken token, IRunFeed feed, RunViews views, CancellationToken cancellation) =>
            Refusals.TryAsync(async () =>
            {
                if (!token.Exists)
                    return Refusals.No(StatusCodes.Status403Forbidden, "This dashboard was started without a token and is read-only.");
                if (!token.Allows(request))
                    return Refusals.No(StatusCodes.Status401Unauthorized, "Read-only: sign in to pause, resume, stop or take a checkpoint.");
                if (!Enum.TryParse<RunCommandKind>(body.Kind, ignoreCase: true, out var kind) || !Enum.IsDefined(kind) || char.IsDigit(body.Kind![0]))
                    return Refusals.No(StatusCodes.Status400BadRequest, $"kind is '{body.Kind}', expected pause, resume, stop or checkpoint.");
                if (await feed.GetAsync(id, cancellation) is null) return Refusals.NoSuchRun(id);
                string by = string.IsNullOrWhiteSpace(body.By) ? "dashboard" : body.By.Trim();
                if (by.Length > LongestName) by = by[..LongestName];
                var run = await feed.CommandAsync(id, new RunCommand { Kind = kind, By = by }, cancellation);
                return TypedResults.Json(views.Of(RunViews.WithoutSpec(run)), WireFormat.Options);
            }));
    }
}

/// <param name="Kind">pause, resume, stop or checkpoint.</param>
/// <param name="By">Who asks, as the run's events will name them.</param>
internal sealed record CommandRequest(string? Kind, string? By);

/// <param name="Controls">The dashboard has a token, so someone may command.</param>
/// <param name="Authorized">The token that came with this request is the right one.</param>
internal sealed record SessionView(bool Controls, bool Authorized);
