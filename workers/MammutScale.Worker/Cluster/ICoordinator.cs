using MammutScale.Contracts;

namespace MammutScale.Worker.Cluster;

/// <summary>The coordinator as a worker sees it.</summary>
internal interface ICoordinator
{
    /// <exception cref="CoordinatorAwayException">No answer; ask again later.</exception>
    Task<WorkerOrders> JoinAsync(WorkerHello hello, CancellationToken cancellation);

    /// <exception cref="CoordinatorAwayException">No answer; say it again later.</exception>
    Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellation);

    /// <exception cref="CoordinatorAwayException">No answer.</exception>
    Task LeaveAsync(string workerId, string reason, CancellationToken cancellation);
}

/// <summary>The coordinator does not answer, or not yet.</summary>
internal sealed class CoordinatorAwayException(string message, Exception? inner = null) : Exception(message, inner);
