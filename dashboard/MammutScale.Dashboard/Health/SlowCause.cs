namespace MammutScale.Dashboard.Health;

/// <summary>Why a run is slower than it could be.</summary>
internal enum CauseKind
{
    /// <summary>One worker waits for its data, and the others for it.</summary>
    WorkerData,

    /// <summary>Every worker waits for data.</summary>
    Data,

    /// <summary>One worker computes longer than the others.</summary>
    WorkerCompute,

    /// <summary>Gradients are not hidden behind computing.</summary>
    Communication,

    /// <summary>Steps stall for checkpoints.</summary>
    Checkpoint,
}

/// <summary>One cause and what it costs.</summary>
/// <param name="WorkerId">The worker at fault, when it is one.</param>
/// <param name="Share">Part of each step (0 to 1) that it costs.</param>
/// <param name="Factor">Own time of that worker over the median of the others.</param>
/// <param name="SpeedWithout">Samples per second without it.</param>
internal sealed record SlowCause(CauseKind Kind, string? WorkerId, double Share, double Factor, double SpeedWithout);
