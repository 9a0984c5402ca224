namespace MammutScale.Training.Replicas;

/// <summary>How far a replica is.</summary>
public readonly record struct Progress
{
    /// <summary>Committed optimizer steps.</summary>
    public long Step { get; init; }

    /// <summary>Updates that were made: steps without skipped ones.</summary>
    public long Updates { get; init; }

    /// <summary>Samples seen.</summary>
    public long Samples { get; init; }

    /// <summary>Steps whose update was skipped because something was not finite.</summary>
    public long Skipped { get; init; }

    /// <summary>Batches left out by rewinding: step t trains on batch t + this.</summary>
    public long BatchOffset { get; init; }

    /// <summary>The batch of the next step.</summary>
    public long NextBatch => Step + BatchOffset;
}
