using CsCheck;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Tests.Planning;

public sealed class PlanEdgeTests
{
    [Fact]
    public void TheRestOfAnEpoch_OpensTheNextOnesFirstBatch()
    {
        // 100 rows, batches of 16: batch 6 holds the last 4 of epoch 0 and 12 of epoch 1
        var plan = PlanGen.Plan((8, 2), 5, 32, [Enumerable.Repeat(10, 10).ToArray()], [1]);
        PlanGen.GlobalBatch(plan, 6).Select(sample => sample.Epoch).Order().ShouldBe([.. Enumerable.Repeat(0L, 4), .. Enumerable.Repeat(1L, 12)]);
        plan.StepsFor(1).ShouldBe(7);
        plan.StepsFor(4).ShouldBe(25);
    }

    [Fact]
    public void ABatchLargerThanTheData_TakesSeveralEpochs()
    {
        var plan = PlanGen.Plan((4, 4), 5, 32, [[5]], [1]);
        PlanGen.GlobalBatch(plan, 0).GroupBy(sample => sample.Epoch).Select(epoch => epoch.Select(s => s.Id).Distinct().Count()).ShouldBe([5, 5, 5, 1], ignoreOrder: true);
    }

    [Fact]
    public void Replacements_AreEveryOtherRow_BlockFirst() =>
        Gen.Select(PlanGen.One, Gen.Int[0, 20]).Sample((plan, step) =>
        {
            var sample = plan.At(step, plan.Options.Lanes - 1, 0);
            var tried = new List<SampleId> { sample.Id };
            for (var attempt = 1; plan.Replacement(sample, attempt) is { } row; attempt++)
                tried.Add(row);
            tried.Distinct().Count().ShouldBe(tried.Count);
            tried.Count.ShouldBe((int)plan.Sources[0].Samples);
        }, iter: 60);

    [Fact]
    public void AReplacement_ComesFromTheSameBlock()
    {
        var plan = PlanGen.Plan((4, 2), 5, 100, [Enumerable.Repeat(50, 40).ToArray()], [1]);
        var sample = plan.At(30, 2, 1);
        var next = plan.Replacement(sample, 1)!.Value;
        // the next row of the block is the lane's next one, here as everywhere but at a block's end
        plan.At(31, 2, 0).Id.ShouldBe(next);
    }

    [Fact]
    public void ChangedData_IsRefusedWithWhatChanged()
    {
        var options = new PlanOptions { GlobalBatch = 8, Lanes = 4, Seed = 1 };
        var state = new DataPlan(options, new PlanSource("web", "aaaa", new[] { 10 })).StateAt(12);
        var fault = Should.Throw<DataPlanException>(() => new DataPlan(options with { Seed = 2 }, new PlanSource("web", "bbbb", new[] { 10 })).EnsureContinues(state));
        fault.Message.ShouldContain("seed was 1, now 2");
        fault.Message.ShouldContain("'web'");
        fault.Message.ShouldContain("step 12");
        state.ToJson().Length.ShouldBeLessThan(250);
    }

    [Fact]
    public void AnUnreadableState_IsRefused()
    {
        Should.Throw<DataPlanException>(() => DataState.Parse("{")).Message.ShouldContain("data state");
        var newer = new DataPlan(new PlanOptions { GlobalBatch = 1, Lanes = 1, Seed = 0 }, new PlanSource("a", "a", new[] { 1 })).StateAt(0) with { Version = 9 };
        Should.Throw<DataPlanException>(() => DataState.Parse(newer.ToJson())).Message.ShouldContain("version 9");
    }

    [Fact]
    public void LanesThatDoNotDivide_AreRefusedWithOnesThatDo()
    {
        var fault = Should.Throw<DataPlanException>(() => LaneChoice.Check(96, 36));
        fault.Message.ShouldContain("32");
        fault.Message.ShouldContain("48");
    }

    [Theory]
    [InlineData(4096, 1, 64)]
    [InlineData(4096, 64, 512)]
    [InlineData(96, 2, 48)]
    [InlineData(32, 2, 32)]
    [InlineData(7, 3, 7)]
    public void LanesAreChosen_ToDivideTheBatch(int batch, int workers, int expected) => LaneChoice.For(batch, workers).ShouldBe(expected);

    [Fact]
    public void LanesOfRanks_CoverAllLanesEvenly() =>
        Gen.Select(Gen.Int[1, 600], Gen.Int[1, 600]).Where((lanes, size) => size <= lanes).Sample((lanes, size) =>
        {
            var world = new World(lanes, size);
            var next = 0;
            for (var rank = 0; rank < size; rank++)
            {
                var own = world.LanesOf(rank);
                own.First.ShouldBe(next);
                own.Count.ShouldBeInRange(lanes / size, (lanes + size - 1) / size);
                next = own.End;
            }

            next.ShouldBe(lanes);
        });

    [Fact]
    public void TheMarkOfABatch_IsTheSumOverRanks_AndSeesOrder()
    {
        SampleId a = new(0, 1, 2), b = new(0, 3, 4);
        SampleDigest.OfSlice(0, [a, b]).ShouldNotBe(SampleDigest.OfSlice(0, [b, a]));
        SampleDigest.OfSlice(0, [a, b]).ShouldNotBe(SampleDigest.OfSlice(1, [a, b]));
        SampleDigest.OfSlice(0, [a, b]).ShouldBe(SampleDigest.OfSlice(0, [a, b]));
    }

    [Fact]
    public void TheOrderOfVersion1_StaysAsItIs()
    {
        // pinned: a change of these rows is a change of the order of every stored run, and needs a new OrderVersion
        var plan = PlanGen.Plan((4, 2), 2024, 64, [[7, 0, 30, 12, 1, 50]], [1]);
        DataPlan.OrderVersion.ShouldBe(1);
        string.Join(" ", PlanGen.GlobalBatch(plan, 3).Select(sample => $"{sample.Id.RowGroup}/{sample.Id.Row}")).ShouldBe("2/3 2/4 5/1 3/3 5/10 5/18 5/32 5/45");
    }
}
