using MammutScale.DataLoader.Pipeline.Stages;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>
/// The pipeline at one moment. Starvation has an address: when <see cref="Deliver"/> waits, batches are late; then either
/// <see cref="Decode"/> is busy all the time (too few cores) or it waits as well (reading is too slow).
/// </summary>
public sealed record LoaderSnapshot
{
    /// <summary>Row groups: queued are those being fetched.</summary>
    public required StageSnapshot Read { get; init; }

    /// <summary>Samples: queued are those of open batches that no thread has taken yet.</summary>
    public required StageSnapshot Decode { get; init; }

    /// <summary>Batches: queued are those that lie ready; its wait is the training thread's.</summary>
    public required StageSnapshot Deliver { get; init; }

    /// <summary>Encoded bytes in memory.</summary>
    public required long HeldBytes { get; init; }

    /// <summary>Rows that were tried and found bad.</summary>
    public required long BadRows { get; init; }

    /// <summary>Rows without media because their download failed: skipped, and not held against the data.</summary>
    public required long FailedRows { get; init; }

    /// <summary>Bad rows by reason.</summary>
    public required IReadOnlyDictionary<string, long> Reasons { get; init; }

    /// <summary>Samples made.</summary>
    public long Samples => Decode.Items;
}
