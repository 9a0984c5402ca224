using MammutScale.Contracts;
using MammutScale.Dashboard.Feed;
using Microsoft.AspNetCore.Http;

namespace MammutScale.Dashboard.Api;

/// <summary>Refusals as problem details whose title is a sentence for people.</summary>
internal static class Refusals
{
    public static IResult No(int status, string sentence) => TypedResults.Problem(title: sentence, statusCode: status);

    public static IResult NoSuchRun(string runId) => No(StatusCodes.Status404NotFound, $"The coordinator knows no run '{runId}'.");

    /// <summary>Runs a request against the feed and turns what can go wrong into an answer.</summary>
    public static async Task<IResult> TryAsync(Func<Task<IResult>> request)
    {
        try
        {
            return await request();
        }
        catch (FeedUnavailableException away)
        {
            return No(StatusCodes.Status503ServiceUnavailable, $"{away.Message} Training goes on without the dashboard.");
        }
        catch (RunRefusedException refused)
        {
            return No(StatusCodes.Status409Conflict, refused.Message);
        }
    }
}
