using System.Runtime.CompilerServices;
using MammutScale.Contracts;

namespace MammutScale.Cli.Runs;

/// <summary>The updates of a run until it has ended, across losses of the connection.</summary>
internal static class RunWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static bool HasEnded(RunState state) => state is RunState.Completed or RunState.Failed or RunState.Stopped;

    public static async IAsyncEnumerable<RunUpdate> FollowAsync(IRunGrain run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long seen = -1;
        while (true)
        {
            await using var updates = run.Watch(cancellation).GetAsyncEnumerator(cancellation);
            while (await NextAsync(updates, cancellation) is { } update)
            {
                if (update.Snapshot.Sequence <= seen) continue;
                seen = update.Snapshot.Sequence;
                yield return update;
                if (HasEnded(update.Snapshot.State)) yield break;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation);
        }
    }

    private static async Task<RunUpdate?> NextAsync(IAsyncEnumerator<RunUpdate> updates, CancellationToken cancellation)
    {
        try
        {
            return await updates.MoveNextAsync() ? updates.Current : null;
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            // the coordinator is away for a moment; training goes on without it
            return null;
        }
    }
}
