using MammutScale.Contracts;

namespace MammutScale.Cli.Runs;

/// <summary>What a run came to, as `quickstart --exit --json` and `train --json` print it.</summary>
internal sealed record RunSummary
{
    public required string Run { get; init; }
    public required string State { get; init; }
    public required string Reason { get; init; }
    public required long Steps { get; init; }
    public required double? FirstLoss { get; init; }
    public required double? FinalLoss { get; init; }

    /// <summary>Median over the run's steps.</summary>
    public required double? SamplesPerSecond { get; init; }
    public required RetrievalSummary? Retrieval { get; init; }

    /// <summary>Where the newest checkpoint lies.</summary>
    public required string? Checkpoint { get; init; }
    public required int Restarts { get; init; }
    public required double Seconds { get; init; }

    public static RunSummary Of(RunSnapshot snapshot, SeriesBlock history, int restarts)
    {
        double[] Series(string name) => Array.IndexOf(history.Names, name) is >= 0 and var at ? history.Mean[at] : [];
        double[] losses = Series("loss");
        double[] speeds = [.. Series("samples_per_second").Where(double.IsFinite).Order()];
        var evaluation = snapshot.Evaluations is [.., var newest] ? newest : null;
        var checkpoint = snapshot.Checkpoints.MaxBy(c => c.Step);
        return new RunSummary
        {
            Run = snapshot.Submission.RunId,
            State = snapshot.State.ToString().ToLowerInvariant(),
            Reason = snapshot.Reason,
            Steps = snapshot.Step,
            FirstLoss = losses.Length > 0 ? losses[0] : null,
            FinalLoss = losses.Length > 0 ? losses[^1] : null,
            SamplesPerSecond = speeds.Length > 0 ? speeds[speeds.Length / 2] : null,
            Retrieval = evaluation is null ? null : RetrievalSummary.Of(evaluation),
            Checkpoint = checkpoint is null ? null : $"{snapshot.Submission.Store.TrimEnd('/')}/runs/{snapshot.Submission.RunId}/checkpoints/step-{checkpoint.Step:D8}",
            Restarts = restarts,
            Seconds = ((snapshot.EndedAt ?? snapshot.Now) - snapshot.StartedAt).TotalSeconds,
        };
    }
}

/// <summary>Zero-shot retrieval, shares from 0 to 1.</summary>
internal sealed record RetrievalSummary
{
    public required double I2tR1 { get; init; }
    public required double I2tR5 { get; init; }
    public required double I2tR10 { get; init; }
    public required double T2iR1 { get; init; }
    public required double T2iR5 { get; init; }
    public required double T2iR10 { get; init; }
    public required int Candidates { get; init; }

    /// <summary>The smaller R@1 over what guessing gives.</summary>
    public required double TimesChance { get; init; }

    public static RetrievalSummary Of(EvaluationRecord e) => new()
    {
        I2tR1 = e.ImageToTextR1,
        I2tR5 = e.ImageToTextR5,
        I2tR10 = e.ImageToTextR10,
        T2iR1 = e.TextToImageR1,
        T2iR5 = e.TextToImageR5,
        T2iR10 = e.TextToImageR10,
        Candidates = e.Candidates,
        TimesChance = Math.Min(e.ImageToTextR1, e.TextToImageR1) * e.Candidates,
    };
}
