using MammutScale.Contracts;
using MammutScale.Worker.Cluster;

namespace MammutScale.Worker.Reporting;

/// <summary>
/// Reports of one generation, a few times a second. It runs beside the training thread: a long step is no silence. While the
/// coordinator is away, news waits and training goes on.
/// </summary>
internal sealed class Reporter(ICoordinator coordinator, string workerId, int generation, bool isRankZero, Vitals vitals, Outbox outbox, Func<bool> leaving, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);
    private readonly SemaphoreSlim _one = new(1);
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(2), time, Environment.ProcessId);

    /// <summary>Asked before every report, for figures that nobody pushes.</summary>
    public Func<DataNews?>? Data { get; set; }

    public async Task RunAsync(Action<WorkerOrders> follow, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                follow(await SendAsync(r => r, cancellation));
                _backoff.Reset();
                await Task.Delay(Interval, time, cancellation);
            }
            catch (CoordinatorAwayException)
            {
                await IgnoreCancellation(_backoff.WaitAsync(cancellation));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>One report with what <paramref name="more"/> adds to it; waiting news goes with it.</summary>
    /// <exception cref="CoordinatorAwayException">It has not arrived; the news stays.</exception>
    public async Task<WorkerOrders> SendAsync(Func<WorkerReport, WorkerReport> more, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (Data?.Invoke() is { } data) Take(data);

            while (true)
            {
                var report = outbox.Fill(more(vitals.Report(workerId, generation)), isRankZero) with { Leaving = leaving() };
                var orders = await coordinator.ReportAsync(report, cancellation);
                if (outbox.Knows(orders, isRankZero))
                {
                    outbox.Acknowledge(report, isRankZero);
                    return orders;
                }
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private void Take(DataNews data)
    {
        outbox.Set(data.Sources);
        if (vitals.SetBadRows(data.BadRows)) outbox.Add(new RunEvent
        {
            Sequence = 0,
            At = time.GetUtcNow(),
            Kind = RunEventKind.BadRows,
            Step = vitals.Step,
            Text = $"{(data.BadRows == 1 ? "1 row" : $"{data.BadRows} rows")} could not be used by {workerId} and {(data.BadRows == 1 ? "was" : "were")} replaced; the last: {data.NewestBadRow}",
        });
    }

    /// <summary>Tries until it has arrived, for at most <paramref name="limit"/>.</summary>
    public async Task<WorkerOrders?> SendSurelyAsync(Func<WorkerReport, WorkerReport> more, TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit, time);
        while (!end.IsCancellationRequested)
        {
            try
            {
                var orders = await SendAsync(more, end.Token);
                if (outbox.IsEmpty || !isRankZero) return orders;
                more = r => r;
            }
            catch (CoordinatorAwayException)
            {
                await IgnoreCancellation(_backoff.WaitAsync(end.Token));
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return null;
    }

    private static async Task IgnoreCancellation(Task wait)
    {
        try
        {
            await wait;
        }
        catch (OperationCanceledException)
        {
            // the loop looks at the token itself
        }
    }
}
