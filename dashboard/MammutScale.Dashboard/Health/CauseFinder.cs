using MammutScale.Contracts;

namespace MammutScale.Dashboard.Health;

/// <summary>What slows a run down, read off the phases of its workers. Pure: one snapshot in, causes out, the costliest first.</summary>
internal static class CauseFinder
{
    /// <summary>A share of the step below this is not worth a word.</summary>
    public const double Threshold = 0.05;

    /// <summary>From here on a worker is a straggler (own time over the others' median).</summary>
    public const double StragglerFactor = 1.25;

    public static IReadOnlyList<SlowCause> Find(RunSnapshot run)
    {
        var workers = run.Workers.Where(w => w.State is WorkerState.Training or WorkerState.Checkpointing && w.Phases.Total > 0).ToArray();
        if (run.State != RunState.Running || workers.Length == 0) return [];
        double step = workers.Max(w => w.Phases.Total);
        // who waits longest for others waits for a straggler; what even the last one pays is communication itself
        double communication = workers.Min(w => w.Phases.ExposedCommunication);
        double checkpoint = workers.Min(w => w.Phases.Checkpoint);
        var causes = new List<SlowCause>();
        double sharedData = workers.Min(w => w.Phases.DataWait);
        Add(causes, CauseKind.Data, null, sharedData, 1);
        if (workers.Length > 1)
        {
            var slowest = workers.MaxBy(Own)!;
            double others = workers.Where(w => w != slowest).Max(Own);
            double median = Median(workers.Where(w => w != slowest).Select(Own));
            double factor = median > 0 ? Own(slowest) / median : 1;
            double excess = Own(slowest) - others;
            if (factor >= StragglerFactor)
            {
                bool data = slowest.Phases.DataWait - sharedData > excess / 2;
                Add(causes, data ? CauseKind.WorkerData : CauseKind.WorkerCompute, slowest.WorkerId, excess, factor,
                    data ? slowest.Phases.DataWait : null);
            }
            Add(causes, CauseKind.Communication, null, communication, 1);
        }
        Add(causes, CauseKind.Checkpoint, null, checkpoint, 1);
        return [.. causes.OrderByDescending(c => c.Share)];

        void Add(List<SlowCause> into, CauseKind kind, string? worker, double seconds, double factor, double? said = null)
        {
            if (seconds <= 0) return;
            double share = seconds / step;
            if (share < Threshold) return;
            double without = run.SamplesPerSecond / Math.Max(1 - share, 0.01);
            into.Add(new SlowCause(kind, worker, (said ?? seconds) / step, factor, without));
        }
    }

    /// <summary>Seconds of a step without waiting for others.</summary>
    public static double Own(WorkerView worker) => worker.Phases.Total - worker.Phases.ExposedCommunication;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
