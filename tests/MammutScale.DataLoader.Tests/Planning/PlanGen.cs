using CsCheck;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Tests.Planning;

/// <summary>Random data sets and plans: groups of one row, empty groups, one giant group, few and many lanes.</summary>
internal static class PlanGen
{
    public static readonly Gen<int[]> Rows = Gen.OneOf(
        Gen.Int[0, 30].Array[1, 40],
        Gen.Int[0, 1].Array[1, 120],
        Gen.Const(100).Array[1, 12],
        Gen.Select(Gen.Int[200, 700], Gen.Int[0, 3].Array[0, 20]).Select((giant, small) => (int[])[.. small, giant]))
        .Where(rows => rows.Any(count => count > 0));

    private static readonly Gen<(int Lanes, int Each)> Batch = Gen.Select(Gen.Int[1, 13], Gen.Int[1, 5]);

    /// <summary>A plan over one source.</summary>
    public static readonly Gen<DataPlan> One =
        Gen.Select(Rows, Batch, Gen.ULong, Gen.Int[1, 70]).Select((rows, batch, seed, block) => Plan(batch, seed, block, [rows], [1]));

    /// <summary>A plan over two to five sources with weights from 1 to 50.</summary>
    public static readonly Gen<DataPlan> Mixed =
        Gen.Select(Gen.Select(Rows, Gen.Int[1, 50]).Array[2, 5], Batch, Gen.ULong, Gen.Int[1, 70])
            .Select((sources, batch, seed, block) => Plan(batch, seed, block, [.. sources.Select(s => s.Item1)], [.. sources.Select(s => (double)s.Item2)]));

    public static DataPlan Plan((int Lanes, int Each) batch, ulong seed, int block, int[][] rows, double[] weights) => new(
        new PlanOptions { GlobalBatch = batch.Lanes * batch.Each, Lanes = batch.Lanes, Seed = seed, ShuffleRows = block },
        [.. rows.Select((counts, i) => new PlanSource($"s{i}", $"f{i}", counts, null, weights[i]))]);

    /// <summary>Global batch t, by look-ups.</summary>
    public static PlannedSample[] GlobalBatch(DataPlan plan, long step)
    {
        var batch = new List<PlannedSample>();
        for (var lane = 0; lane < plan.Options.Lanes; lane++)
            for (var i = 0; i < plan.SamplesPerLane; i++)
                batch.Add(plan.At(step, lane, i));
        return [.. batch];
    }

    /// <summary>Every row of a source, as the plan names it.</summary>
    public static IEnumerable<SampleId> AllRows(DataPlan plan, int source) =>
        Enumerable.Range(0, plan.Sources[source].RowGroups)
            .SelectMany(group => Enumerable.Range(0, plan.Sources[source].RowsIn(group)).Select(row => new SampleId(source, group, row)));
}
