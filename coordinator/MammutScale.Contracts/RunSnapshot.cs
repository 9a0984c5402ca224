namespace MammutScale.Contracts;

/// <summary>A worker as the coordinator sees it.</summary>
[GenerateSerializer, Immutable, Alias("mammut.WorkerView")]
public sealed record WorkerView
{
    [Id(0)] public required string WorkerId { get; init; }

    /// <summary>Rank in the current generation; -1 without one.</summary>
    [Id(1)] public required int Rank { get; init; }
    [Id(2)] public required string Host { get; init; }
    [Id(3)] public required int ProcessId { get; init; }
    [Id(4)] public required WorkerState State { get; init; }

    /// <summary>First lane and number of lanes that this worker reads.</summary>
    [Id(5)] public required int FirstLane { get; init; }
    [Id(6)] public required int LaneCount { get; init; }
    [Id(7)] public required long Step { get; init; }
    [Id(8)] public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Median phases of the last steps of this worker itself.</summary>
    [Id(9)] public required PhaseSeconds Phases { get; init; }
    [Id(10)] public required long ResidentBytes { get; init; }
    [Id(11)] public required long BadRows { get; init; }
}

/// <summary>How far one source of the mixture is.</summary>
[GenerateSerializer, Immutable, Alias("mammut.SourceProgress")]
public sealed record SourceProgress
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>Epochs seen, e.g. 3.71.</summary>
    [Id(1)] public required double Epochs { get; init; }
    [Id(2)] public required int Lanes { get; init; }
    [Id(3)] public required long Samples { get; init; }
}

/// <summary>A run at one moment, whole. <see cref="Sequence"/> grows with every change.</summary>
[GenerateSerializer, Immutable, Alias("mammut.RunSnapshot")]
public sealed record RunSnapshot
{
    [Id(0)] public required long Sequence { get; init; }
    [Id(1)] public required RunSubmission Submission { get; init; }
    [Id(2)] public required RunState State { get; init; }
    [Id(3)] public required DateTimeOffset StateSince { get; init; }

    /// <summary>Why the run is in this state, one sentence; empty when there is nothing to say.</summary>
    [Id(4)] public required string Reason { get; init; }
    [Id(5)] public required int Generation { get; init; }
    [Id(6)] public required DateTimeOffset StartedAt { get; init; }
    [Id(7)] public required DateTimeOffset Now { get; init; }

    /// <summary>Committed steps.</summary>
    [Id(8)] public required long Step { get; init; }
    [Id(9)] public required double SamplesPerSecond { get; init; }

    /// <summary>Seconds to the end at this speed; null when unknown.</summary>
    [Id(10)] public required double? SecondsLeft { get; init; }
    [Id(11)] public required int Restarts { get; init; }
    [Id(12)] public required StepRecord? Latest { get; init; }
    [Id(13)] public required IReadOnlyList<WorkerView> Workers { get; init; }
    [Id(14)] public required IReadOnlyList<CheckpointRecord> Checkpoints { get; init; }
    [Id(15)] public required IReadOnlyList<EvaluationRecord> Evaluations { get; init; }

    /// <summary>The newest events, oldest first.</summary>
    [Id(16)] public required IReadOnlyList<RunEvent> Events { get; init; }
    [Id(17)] public required IReadOnlyList<SourceProgress> Sources { get; init; }
    [Id(18)] public required long BadRows { get; init; }
    [Id(19)] public required IReadOnlyList<CauseSeconds> Goodput { get; init; }
    [Id(20)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>A command that has been given and is not done yet.</summary>
    [Id(21)] public PendingCommand? Pending { get; init; }
}

/// <summary>A pause, stop or checkpoint under way.</summary>
[GenerateSerializer, Immutable, Alias("mammut.PendingCommand")]
public sealed record PendingCommand
{
    [Id(0)] public required RunCommandKind Kind { get; init; }
    [Id(1)] public required string By { get; init; }
    [Id(2)] public required DateTimeOffset At { get; init; }

    /// <summary>Workers that have done, or are doing, what was asked.</summary>
    [Id(3)] public required IReadOnlyList<string> Acknowledged { get; init; }
}

/// <summary>Wall-clock seconds of the run by cause (compute, data_wait, communication, checkpoint, evaluation, recovery, repeated, paused, starting, other).</summary>
[GenerateSerializer, Immutable, Alias("mammut.CauseSeconds")]
public sealed record CauseSeconds
{
    [Id(0)] public required string Cause { get; init; }
    [Id(1)] public required double Seconds { get; init; }
}

/// <summary>One bucket of the metric history: consecutive steps with their minimum, maximum, mean and last value by series.</summary>
[GenerateSerializer, Immutable, Alias("mammut.SeriesBlock")]
public sealed record SeriesBlock
{
    /// <summary>loss, contrastive, captioning, learning_rate, grad_norm, logit_scale, samples_per_second, step_seconds, data_wait, forward, backward, communication, optimizer, checkpoint, other.</summary>
    [Id(0)] public required string[] Names { get; init; }
    [Id(1)] public required long[] FirstStep { get; init; }
    [Id(2)] public required long[] LastStep { get; init; }

    /// <summary>Unix milliseconds of each bucket's last step.</summary>
    [Id(3)] public required long[] At { get; init; }
    [Id(4)] public required int[] Count { get; init; }

    /// <summary>By series, then bucket.</summary>
    [Id(5)] public required double[][] Min { get; init; }
    [Id(6)] public required double[][] Max { get; init; }
    [Id(7)] public required double[][] Mean { get; init; }
    [Id(8)] public required double[][] Last { get; init; }

    /// <summary>The sequence of the snapshot that this history goes up to: live updates after it continue it.</summary>
    [Id(9)] public required long Sequence { get; init; }

    /// <summary>Steps of each bucket whose loss or gradient was not finite (their update was skipped); Min, Max and Mean are over the finite ones.</summary>
    [Id(10)] public int[] NonFinite { get; init; } = [];
}

/// <summary>What changed since the last update.</summary>
[GenerateSerializer, Immutable, Alias("mammut.RunUpdate")]
public sealed record RunUpdate
{
    [Id(0)] public required RunSnapshot Snapshot { get; init; }

    /// <summary>Steps committed since the last update, oldest first.</summary>
    [Id(1)] public required IReadOnlyList<StepRecord> Steps { get; init; }

    /// <summary>Updates were dropped before this one: read the history again.</summary>
    [Id(2)] public bool Gap { get; init; }
}
