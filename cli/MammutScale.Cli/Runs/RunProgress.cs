using MammutScale.Cli.Output;
using MammutScale.Contracts;
using Spectre.Console;

namespace MammutScale.Cli.Runs;

/// <summary>Shows a run's updates: a bar with time left on a terminal, a line every few seconds elsewhere.</summary>
internal static class RunProgress
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    public static Task<RunSnapshot> ShowAsync(IAsyncEnumerable<RunUpdate> updates, Report report, CancellationToken cancellation) =>
        report.IsTerminal ? BarAsync(updates, report, cancellation) : LinesAsync(updates, report, cancellation);

    private static async Task<RunSnapshot> LinesAsync(IAsyncEnumerable<RunUpdate> updates, Report report, CancellationToken cancellation)
    {
        RunSnapshot? last = null;
        var time = TimeProvider.System;
        long shown = 0, told = 0;
        await foreach (var update in updates.WithCancellation(cancellation))
        {
            last = update.Snapshot;
            foreach (var news in last.Events.Where(e => e.Sequence > told))
            {
                told = news.Sequence;
                report.Line(news.Text);
            }

            if (last.Latest is null || (shown != 0 && time.GetElapsedTime(shown) < LineEvery)) continue;
            shown = time.GetTimestamp();
            report.Line(Words(last));
        }

        return last ?? throw new OperationCanceledException(cancellation);
    }

    private static Task<RunSnapshot> BarAsync(IAsyncEnumerable<RunUpdate> updates, Report report, CancellationToken cancellation) =>
        report.Console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                RunSnapshot? last = null;
                var bar = context.AddTask("Starting", maxValue: 1);
                long told = 0;
                await foreach (var update in updates.WithCancellation(cancellation))
                {
                    last = update.Snapshot;
                    bar.MaxValue = last.Submission.TotalSteps;
                    bar.Value = last.Step;
                    bar.Description = Markup.Escape(Words(last));
                    foreach (var news in last.Events.Where(e => e.Sequence > told && e.Kind is RunEventKind.WorkerLost or RunEventKind.Evaluated or RunEventKind.Failed or RunEventKind.BadRows))
                    {
                        report.Console.MarkupLine(Markup.Escape(news.Text));
                    }

                    told = last.Events.Count > 0 ? last.Events[^1].Sequence : told;
                }

                return last ?? throw new OperationCanceledException(cancellation);
            });

    private static string Words(RunSnapshot s)
    {
        if (s.Latest is not { } step) return $"{s.State}: {s.Workers.Count} workers";
        string left = s.SecondsLeft is { } seconds ? $", {Duration(seconds)} left" : "";
        return $"step {s.Step:N0}/{s.Submission.TotalSteps:N0}  loss {step.Loss:F4} (contrastive {step.Contrastive:F4}, captioning {step.Captioning:F4})  {s.SamplesPerSecond:F0} samples/s{left}";
    }

    private static string Duration(double seconds) => seconds switch
    {
        < 60 => $"{seconds:F0} s",
        < 3600 => $"{(int)seconds / 60} m {(int)seconds % 60} s",
        _ => $"{(int)seconds / 3600} h {(int)seconds / 60 % 60} m",
    };
}
