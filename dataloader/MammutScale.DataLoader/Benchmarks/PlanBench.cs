using System.Diagnostics;
using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>What planning costs on a data set of many row groups: memory, look-ups, and a resume against a cold start.</summary>
public static class PlanBench
{
    private const int RowGroupsInFile = 100;
    private const int RowsInGroup = 100;
    private const int Lookups = 500_000;

    /// <summary>Runs it on a synthetic index of files with 100 row groups of about 100 rows.</summary>
    /// <param name="rowGroups">Row groups, a multiple of 100.</param>
    public static PlanBenchResult Run(int rowGroups = 1_000_000, bool subset = true)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var index = Synthetic(rowGroups, subset);
        var indexed = GC.GetTotalMemory(forceFullCollection: true) - before;
        var file = IndexFile.Write(index.Header, index.Entries());
        watch.Restart();
        var loaded = IndexFile.Read(file, "bench");
        var load = watch.Elapsed;
        var bytes = file.LongLength;

        var options = new PlanOptions { GlobalBatch = 4096, Lanes = 256, Seed = 17 };
        var plan = new DataPlan(options, loaded.ToSource("bench"));
        var middle = loaded.SelectedRows / options.GlobalBatch / 2;
        // the first one also pays for code that is compiled on first use
        Start(new DataPlan(options, loaded.ToSource("warm")), middle);
        var cold = Start(new DataPlan(options, loaded.ToSource("bench")), 0);
        var resume = Start(plan, middle);
        var lookup = Lookup(plan, middle);
        var walk = Walk(plan, middle);
        (index, file) = (null!, null!);
        var planned = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(plan);
        return new PlanBenchResult(rowGroups, loaded.SelectedRows, indexed, planned, bytes, load.TotalSeconds, lookup, walk, cold.TotalMilliseconds, resume.TotalMilliseconds);
    }

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

    /// <summary>Nanoseconds of processor time for the row of a random place of a random step; what else runs on the machine does not count.</summary>
    private static double Lookup(DataPlan plan, long steps)
    {
        var start = Environment.CpuUsage.TotalTime;
        long sum = 0;
        for (var i = 0UL; i < Lookups; i++)
        {
            var draw = Keys.Mix(i);
            sum += plan.At((long)(draw % (ulong)steps), (int)(draw >> 32) & 255, (int)(draw >> 56) % plan.SamplesPerLane).Id.Row;
        }

        GC.KeepAlive(sum);
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / Lookups;
    }

    /// <summary>Nanoseconds of processor time a sample when lanes are walked in order.</summary>
    private static double Walk(DataPlan plan, long step)
    {
        var cursor = plan.Open(3, step);
        var slice = new PlannedSample[plan.SamplesPerLane];
        var start = Environment.CpuUsage.TotalTime;
        var steps = Lookups / slice.Length;
        for (var i = 0; i < steps; i++)
            cursor.Next(slice);
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / (steps * slice.Length);
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
