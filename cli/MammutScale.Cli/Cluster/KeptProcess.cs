using MammutScale.Cli.Output;

namespace MammutScale.Cli.Cluster;

/// <summary>
/// A process that is started again when it ends by itself. What it knows is in the store, so nothing is lost with it; one that
/// keeps ending is given up.
/// </summary>
internal sealed class KeptProcess : IAsyncDisposable
{
    private const int MostRestarts = 5;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Func<ChildProcess> _start;
    private readonly Report _report;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _keeping;
    private ChildProcess _current;

    /// <param name="start">Starts the process; called again for every restart.</param>
    /// <param name="report">Told of restarts.</param>
    public KeptProcess(Func<ChildProcess> start, Report report)
    {
        (_start, _report) = (start, report);
        _current = start();
        _keeping = KeepAsync();
    }

    /// <summary>Done when it is no longer started again.</summary>
    public Task GivenUp => _keeping;

    /// <summary>Why it was given up, in one sentence.</summary>
    public string Failure => $"The {_current.Name} ended with code {_current.ExitCode}: {_current.Tail.LastOrDefault(line => line.Length > 0) ?? "it said nothing."} Its log: {_current.LogFile}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        _current.Dispose();
        _stop.Dispose();
    }

    private async Task KeepAsync()
    {
        for (int restarts = 0; ; restarts++)
        {
            try
            {
                await _current.WaitAsync(_stop.Token);
                if (restarts == MostRestarts) return;
                _report.Line($"The {_current.Name} ended with code {_current.ExitCode}; starting it again (log: {_current.LogFile}).");
                await Task.Delay(Pause, TimeProvider.System, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                await _current.StopAsync(Grace, TimeProvider.System);
                return;
            }

            _current.Dispose();
            _current = _start();
        }
    }
}
