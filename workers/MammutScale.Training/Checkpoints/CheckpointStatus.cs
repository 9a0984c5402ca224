using System.Runtime.CompilerServices;

namespace MammutScale.Training.Checkpoints;

internal enum CheckpointStage
{
    Idle,

    /// <summary>This rank's part is on its way.</summary>
    Writing,

    /// <summary>This rank's part is in the store.</summary>
    Written,

    /// <summary>The same checkpoint is there already.</summary>
    Standing,

    /// <summary>This rank's part could not be written.</summary>
    Failed,

    /// <summary>Rank 0 writes the manifest.</summary>
    Committing,
}

[InlineArray(Length)]
internal struct Sha256Bytes
{
    public const int Length = 32;
    private byte _first;
}

/// <summary>How far a rank is with the checkpoint that is under way.</summary>
internal readonly record struct CheckpointStatus
{
    public CheckpointStage Stage { get; init; }

    public long Bytes { get; init; }

    public Sha256Bytes Sha256 { get; init; }

    public bool Settled => Stage is CheckpointStage.Written or CheckpointStage.Standing or CheckpointStage.Failed;
}
