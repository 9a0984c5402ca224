using Orleans.Concurrency;

namespace MammutScale.Contracts;

/// <summary>One run; the key is its id. Everything a worker says carries its generation, older ones are refused.</summary>
[Alias("mammut.IRunGrain")]
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Makes the run known. Saying the same again changes nothing; another run under the same id is refused with a <see cref="RunRefusedException"/>.</summary>
    [Alias("Submit")] Task<RunSnapshot> Submit(RunSubmission submission);

    [Alias("GetSnapshot"), AlwaysInterleave] Task<RunSnapshot?> GetSnapshot();

    /// <summary>History in at most <paramref name="buckets"/> buckets between two steps (inclusive; null: from the start, to the newest).</summary>
    [Alias("GetHistory"), AlwaysInterleave] Task<SeriesBlock> GetHistory(long? fromStep, long? toStep, int buckets);

    /// <summary>Updates as they come, the current state first.</summary>
    [Alias("Watch")] IAsyncEnumerable<RunUpdate> Watch(CancellationToken cancellation = default);

    /// <summary>A worker joins, or comes back for the next generation.</summary>
    [Alias("Join")] Task<WorkerOrders> Join(WorkerHello hello);

    /// <summary>News of a worker; the answer is what it has to do.</summary>
    [Alias("Report")] Task<WorkerOrders> Report(WorkerReport report);

    /// <summary>A worker goes of its own accord: preemption, Ctrl-C, done.</summary>
    [Alias("Leave")] Task Leave(string workerId, string reason);

    /// <summary>The parent of a worker says that its process has ended: the fastest sign of a death.</summary>
    [Alias("Exited")] Task Exited(WorkerExit exit);

    /// <summary>Pause, resume, stop or checkpoint; giving the same command again changes nothing. A stopped or failed run can be resumed.</summary>
    [Alias("Command")] Task<RunSnapshot> Command(RunCommand command);
}

/// <summary>All runs of a coordinator; the key is 0.</summary>
[Alias("mammut.IRunsGrain")]
public interface IRunsGrain : IGrainWithIntegerKey
{
    [Alias("List")] Task<IReadOnlyList<RunSnapshot>> List();

    [Alias("Register")] Task Register(string runId);
}

/// <summary>The coordinator refuses what was asked; the message is for people.</summary>
[GenerateSerializer, Alias("mammut.RunRefusedException")]
public sealed class RunRefusedException(string message) : Exception(message);
