using CsCheck;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Tests.Planning;

/// <summary>Promises 2 and 3 over random data sets, seeds, lanes, worlds, resizes and resume points.</summary>
public sealed class PlanPropertyTests
{
    [Fact]
    public void EveryRowComesOnceAnEpoch_ForAnyDataSet() =>
        PlanGen.One.Sample(plan =>
        {
            // the order in which an epoch is used is the order of the batches: the first N samples are epoch 0, the next N epoch 1
            var samples = plan.Sources[0].Samples;
            var stream = new List<PlannedSample>();
            for (long step = 0; stream.Count < 3 * samples; step++)
                stream.AddRange(PlanGen.GlobalBatch(plan, step));
            for (var epoch = 0; epoch < 3; epoch++)
                stream.Where(sample => sample.Epoch == epoch).Select(sample => sample.Id).Order(ById).ShouldBe(PlanGen.AllRows(plan, 0).Order(ById));
        }, iter: 150);

    [Fact]
    public void EveryRowComesOnceAnEpoch_OfEverySource_WhenMixed() =>
        PlanGen.Mixed.Sample(plan =>
        {
            const int Steps = 40;
            var seen = new Dictionary<(int Source, long Epoch), List<SampleId>>();
            for (long step = 0; step < Steps; step++)
                foreach (var sample in PlanGen.GlobalBatch(plan, step))
                {
                    if (!seen.TryGetValue((sample.Id.Source, sample.Epoch), out var list))
                        seen[(sample.Id.Source, sample.Epoch)] = list = [];
                    list.Add(sample.Id);
                }

            for (var source = 0; source < plan.Sources.Count; source++)
            {
                // the lanes of one source can stand a few samples apart: complete are the epochs that all lanes have left
                var cut = new LaneCut(plan.Sources[source].Samples, plan.Options.Lanes);
                var open = Enumerable.Range(0, plan.Options.Lanes).Min(lane => cut.EpochOf(lane, plan.Mixture.Given(lane, Steps * plan.SamplesPerLane, source)));
                foreach (var (key, rows) in seen.Where(entry => entry.Key.Source == source))
                {
                    rows.Distinct().Count().ShouldBe(rows.Count, "a row came twice in an epoch");
                    if (key.Epoch < open)
                        rows.Order(ById).ShouldBe(PlanGen.AllRows(plan, source).Order(ById));
                }
            }
        }, iter: 150);

    [Fact]
    public void BatchesAreTheSame_ForAnyWorldAndAnyResize() =>
        Gen.Select(PlanGen.Mixed, Gen.Int[1, 13].Array[6]).Sample((plan, sizes) =>
        {
            for (var step = 0; step < sizes.Length; step++)
            {
                // every step in another world: ranks read their lanes, the batch is put together in rank order
                var world = new World(plan.Options.Lanes, Math.Min(sizes[step], plan.Options.Lanes));
                var batch = new List<PlannedSample>();
                for (var rank = 0; rank < world.Size; rank++)
                {
                    var lanes = world.LanesOf(rank);
                    var slice = new PlannedSample[plan.SamplesPerLane];
                    for (var lane = lanes.First; lane < lanes.End; lane++)
                    {
                        world.OwnerOf(lane).ShouldBe(rank);
                        plan.Open(lane, step).Next(slice);
                        batch.AddRange(slice);
                    }
                }

                batch.ShouldBe(PlanGen.GlobalBatch(plan, step));
            }
        }, iter: 100);

    [Fact]
    public void ResumingAtAStep_EqualsGoingOn() =>
        Gen.Select(PlanGen.Mixed, Gen.Int[0, 60]).Sample((plan, resume) =>
        {
            // a fresh plan, as a new process makes it, from the state of a checkpoint
            var state = DataState.Parse(plan.StateAt(resume).ToJson());
            var again = new DataPlan(plan.Options, plan.Sources);
            again.EnsureContinues(state);
            var slice = new PlannedSample[plan.SamplesPerLane];
            var other = new PlannedSample[plan.SamplesPerLane];
            for (var lane = 0; lane < plan.Options.Lanes; lane++)
            {
                var steady = plan.Open(lane, 0);
                for (var step = 0; step < resume; step++)
                    steady.Next(slice);
                var resumed = again.Open(lane, state.Step);
                for (var step = 0; step < 5; step++)
                {
                    steady.Next(slice);
                    resumed.Next(other);
                    other.ShouldBe(slice);
                }
            }
        }, iter: 60);

    [Fact]
    public void SeedsAndEpochs_GiveOtherOrders()
    {
        var rows = Enumerable.Repeat(50, 40).ToArray();
        var first = Order(PlanGen.Plan((4, 5), 1, 200, [rows], [1]), 0);
        Order(PlanGen.Plan((4, 5), 2, 200, [rows], [1]), 0).ShouldNotBe(first);
        Order(PlanGen.Plan((4, 5), 1, 200, [rows], [1]), 100).ShouldNotBe(first);
        Order(PlanGen.Plan((4, 5), 1, 200, [rows], [1]), 0).ShouldBe(first);
    }

    [Fact]
    public void NeighboursInAFile_AreSpreadOverTheEpoch()
    {
        // 200 groups of 50 rows over 8 lanes, blocks of about 400 rows: of the pairs of rows that neighbour in a file,
        // a random order of a block leaves 2 in 400 together
        var plan = PlanGen.Plan((8, 1), 7, 400, [Enumerable.Repeat(50, 200).ToArray()], [1]);
        var slice = new PlannedSample[1];
        int touching = 0, pairs = 0, sameGroup = 0;
        for (var lane = 0; lane < 8; lane++)
        {
            var cursor = plan.Open(lane, 0);
            SampleId? before = null;
            for (var step = 0; step < 1250; step++)
            {
                cursor.Next(slice);
                if (before is { } last)
                {
                    pairs++;
                    sameGroup += last.RowGroup == slice[0].Id.RowGroup ? 1 : 0;
                    touching += last.RowGroup == slice[0].Id.RowGroup && Math.Abs(last.Row - slice[0].Id.Row) == 1 ? 1 : 0;
                }

                before = slice[0].Id;
            }
        }

        // about 8 groups in a block: one pair in eight shares its group, one in 200 its neighbour
        ((double)sameGroup / pairs).ShouldBe(1 / 8.0, 0.03);
        ((double)touching / pairs).ShouldBe(1 / 200.0, 0.004);
    }

    private static List<SampleId> Order(DataPlan plan, long step) => [.. Enumerable.Range(0, 20).SelectMany(t => PlanGen.GlobalBatch(plan, step + t)).Select(sample => sample.Id)];

    private static readonly Comparer<SampleId> ById =
        Comparer<SampleId>.Create((a, b) => (a.Source, a.RowGroup, a.Row).CompareTo((b.Source, b.RowGroup, b.Row)));
}
