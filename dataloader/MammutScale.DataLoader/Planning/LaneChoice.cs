namespace MammutScale.DataLoader.Planning;

/// <summary>How many canonical lanes a run gets.</summary>
public static class LaneChoice
{
    private const int Fewest = 64;
    private const int Most = 512;
    private const int PerWorker = 8;

    /// <summary>
    /// A divisor of the global batch, near eight lanes for every worker and between 64 and 512 where the batch allows: enough for
    /// even shares at any number of workers, few enough that the open shuffle blocks fit in memory.
    /// </summary>
    /// <exception cref="DataPlanException">More workers than samples in a batch.</exception>
    public static int For(int globalBatch, int maxWorkers = 1)
    {
        if (globalBatch < 1 || maxWorkers < 1 || maxWorkers > globalBatch)
            throw new DataPlanException($"global_batch {globalBatch} cannot feed {maxWorkers} workers: every worker needs at least one sample of each batch");
        var wanted = Math.Clamp(PerWorker * (long)maxWorkers, Fewest, Most);
        var best = globalBatch;
        foreach (var lanes in Divisors(globalBatch))
            if (lanes >= maxWorkers && Distance(lanes, wanted) < Distance(best, wanted))
                best = lanes;
        return best;
    }

    /// <exception cref="DataPlanException">The lanes do not divide the batch.</exception>
    public static void Check(int globalBatch, int lanes)
    {
        if (globalBatch < 1)
            throw new DataPlanException($"global_batch is {globalBatch}: expected at least 1");
        if (lanes < 1 || lanes > globalBatch || globalBatch % lanes != 0)
            throw new DataPlanException(
                $"global_batch {globalBatch} cannot be cut into {lanes} lanes of equal parts: choose lanes among {string.Join(", ", Near(globalBatch, lanes))}, or another global_batch");
    }

    private static IEnumerable<int> Near(int globalBatch, int lanes) =>
        Divisors(globalBatch).OrderBy(divisor => Distance(divisor, Math.Max(1, lanes))).Take(5).Order();

    private static IEnumerable<int> Divisors(int value)
    {
        for (var i = 1; (long)i * i <= value; i++)
            if (value % i == 0)
            {
                yield return i;
                if (i != value / i)
                    yield return value / i;
            }
    }

    private static double Distance(int lanes, long wanted) => Math.Abs(Math.Log((double)lanes / wanted));
}
