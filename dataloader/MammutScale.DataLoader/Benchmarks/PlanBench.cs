using System.Diagnostics;
using System.Runtime.CompilerServices;
using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>What planning costs on a data set of many row groups: memory, look-ups, and a resume against a cold start.</summary>
public static class PlanBench
{
    private const int RowGroupsInFile = 100;
    private const int RowsInGroup = 100;
    private const int Lookups = 500_000;
    private const int Rounds = 10;

    /// <summary>Runs it on a synthetic index of files with 100 row groups of about 100 rows.</summary>
    /// <param name="rowGroups">Row groups, a multiple of 100.</param>
    public static PlanBenchResult Run(int rowGroups = 1_000_000, bool subset = true)
    {
        var file = Write(rowGroups, subset);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var index = IndexFile.Read(file, "bench");
        var load = watch.Elapsed;
        var indexed = GC.GetTotalMemory(forceFullCollection: true) - before;

        var options = new PlanOptions { GlobalBatch = 4096, Lanes = 256, Seed = 17 };
        var middle = index.SelectedRows / options.GlobalBatch / 2;
        var (cold, resume) = Starts(options, index, middle);
        var plan = new DataPlan(options, index.ToSource("bench"));
        var lookup = Lookup(plan, middle);
        var walk = Walk(plan, middle);
        var total = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(plan);
        GC.KeepAlive(file);
        return new PlanBenchResult(rowGroups, index.SelectedRows, indexed, total, file.LongLength, load.TotalSeconds, lookup, walk, cold.TotalMilliseconds, resume.TotalMilliseconds);
    }

    // its own frame, so that nothing of it is alive when memory is measured
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte[] Write(int rowGroups, bool subset)
    {
        var index = Synthetic(rowGroups, subset);
        return IndexFile.Write(index.Header, index.Entries());
    }

    /// <summary>The best of three cold starts and of three resumes, taken in turn after one that pays for compiling.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (TimeSpan Cold, TimeSpan Resume) Starts(PlanOptions options, DatasetIndex index, long middle)
    {
        Start(new DataPlan(options, index.ToSource("bench")), middle);
        var (cold, resume) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 3; i++)
        {
            cold = Min(cold, Start(new DataPlan(options, index.ToSource("bench")), 0));
            resume = Min(resume, Start(new DataPlan(options, index.ToSource("bench")), middle));
        }

        return (cold, resume);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>From a fresh plan to the first global batch of all lanes and the reads for it.</summary>
    private static TimeSpan Start(DataPlan plan, long step)
    {
        var watch = Stopwatch.StartNew();
        var slice = new PlannedSample[plan.SamplesPerLane];
        for (var lane = 0; lane < plan.Options.Lanes; lane++)
            plan.Open(lane, step).Next(slice);
        var reads = plan.ReadAhead(new LaneRange(0, plan.Options.Lanes), step).TakeWhile(read => read.FirstStep == step).Count();
        return reads > 0 ? watch.Elapsed : throw new UnreachableException("a batch that reads nothing");
    }

    /// <summary>
    /// Nanoseconds of processor time for the row of a random place of a random step: the best of ten rounds, since what else runs
    /// on a machine empties its caches.
    /// </summary>
    private static double Lookup(DataPlan plan, long steps)
    {
        long sum = 0;
        var draws = 0UL;
        var best = Best(Lookups / Rounds, () =>
        {
            for (var i = 0; i < Lookups / Rounds; i++)
            {
                var draw = Keys.Mix(draws++);
                sum += plan.At((long)(draw % (ulong)steps), (int)(draw >> 32) & 255, (int)(draw >> 56) % plan.SamplesPerLane).Id.Row;
            }
        });
        GC.KeepAlive(sum);
        return best;
    }

    /// <summary>Nanoseconds of processor time a sample when a lane is walked in order; the best of ten rounds.</summary>
    private static double Walk(DataPlan plan, long step)
    {
        var cursor = plan.Open(3, step);
        var slice = new PlannedSample[plan.SamplesPerLane];
        var steps = Lookups / Rounds / slice.Length;
        return Best(steps * slice.Length, () =>
        {
            for (var i = 0; i < steps; i++)
                cursor.Next(slice);
        });
    }

    private static double Best(int items, Action round)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var start = Environment.CpuUsage.TotalTime;
            round();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / items);
        }

        return best;
    }

    private static DatasetIndex Synthetic(int rowGroups, bool subset)
    {
        var header = new IndexHeader { Fingerprint = "synthetic", Roots = ["az://bench/laion"], Files = rowGroups / RowGroupsInFile, RowGroups = rowGroups, Failed = 0, Selects = subset };
        return new DatasetIndex(header, Enumerable.Range(0, header.Files).Select(file => new FileEntry
        {
            Root = 0,
            Key = $"part-{file / 1000:D5}/{file:D5}.parquet",
            Length = 300_000_000,
            ETag = $"0x8DC{Keys.Mix((ulong)file):X}",
            Content = (ulong)file,
            Failed = 0,
            Kept = [],
            Unread = [],
            RowGroups = [.. Enumerable.Range(0, RowGroupsInFile).Select(group => Group(file, group, subset))],
        }));
    }

    private static RowGroupEntry Group(int file, int group, bool subset)
    {
        const long Bytes = 3_000_000;
        ulong[] bits = [Keys.Mix((ulong)((file * RowGroupsInFile) + group)), ulong.MaxValue >> (128 - RowsInGroup)];
        var selected = subset ? System.Numerics.BitOperations.PopCount(bits[0]) + RowsInGroup - 64 : RowsInGroup;
        return new RowGroupEntry(RowsInGroup, 4 + (group * Bytes), Bytes, selected, subset ? RowBits.Encode(bits, RowsInGroup, selected) : []);
    }
}

/// <summary>Figures of <see cref="PlanBench"/>.</summary>
/// <param name="RowGroups">Row groups of the index.</param>
/// <param name="Samples">Selected rows.</param>
/// <param name="IndexBytes">Managed memory of the index.</param>
/// <param name="TotalBytes">Managed memory of index and plan with the orders of the epochs in use.</param>
/// <param name="FileBytes">The index as a file.</param>
/// <param name="LoadSeconds">Reading it.</param>
/// <param name="LookupNanoseconds">One sample at a random place.</param>
/// <param name="WalkNanoseconds">One sample in order.</param>
/// <param name="ColdStartMilliseconds">First batch of all lanes and its reads, from step 0.</param>
/// <param name="ResumeMilliseconds">The same from the middle of the epoch.</param>
public sealed record PlanBenchResult(
    int RowGroups, long Samples, long IndexBytes, long TotalBytes, long FileBytes, double LoadSeconds, double LookupNanoseconds, double WalkNanoseconds, double ColdStartMilliseconds, double ResumeMilliseconds);
