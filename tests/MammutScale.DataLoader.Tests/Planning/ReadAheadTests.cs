using CsCheck;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Tests.Planning;

public sealed class ReadAheadTests
{
    [Fact]
    public void EveryRowIsReadBeforeItsStep_AndKeptUntilItsLast() =>
        Gen.Select(PlanGen.Mixed, Gen.Int[0, 50]).Sample((plan, start) =>
        {
            const int Steps = 12;
            var lanes = new LaneRange(plan.Options.Lanes / 3, plan.Options.Lanes - (plan.Options.Lanes / 3));
            var reads = plan.ReadAhead(lanes, start).TakeWhile(read => read.FirstStep < start + Steps).ToList();
            reads.Select(read => read.FirstStep).ShouldBeInOrder();
            reads.ShouldAllBe(read => read.LastStep >= read.FirstStep && read.FirstStep >= start && lanes.Contains(read.Lane));
            var used = new Dictionary<RowGroupRead, (long First, long Last)>();
            for (long step = start; step < start + Steps; step++)
                for (var lane = lanes.First; lane < lanes.End; lane++)
                    for (var i = 0; i < plan.SamplesPerLane; i++)
                    {
                        var sample = plan.At(step, lane, i);
                        var read = reads.Single(r => r.Lane == lane && r.Epoch == sample.Epoch && r.Source == sample.Id.Source && r.RowGroup == sample.Id.RowGroup
                            && r.FirstRow <= sample.Id.Row && sample.Id.Row < r.EndRow && r.FirstStep <= step && step <= r.LastStep);
                        used[read] = used.TryGetValue(read, out var seen) ? (seen.First, step) : (step, step);
                    }

            foreach (var (read, (first, last)) in used)
            {
                read.FirstStep.ShouldBe(first);
                if (read.LastStep < start + Steps)
                    read.LastStep.ShouldBe(last);
            }
        }, iter: 80);

    [Fact]
    public void RowGroupsAreReadOnceAnEpoch_WhenTheyAreSmall()
    {
        // 640 groups of 100 rows, 16 lanes: only a group that a lane boundary cuts may be read twice
        var plan = PlanGen.Plan((16, 4), 3, 1000, [Enumerable.Repeat(100, 640).ToArray()], [1]);
        var reads = plan.ReadAhead(new LaneRange(0, 16), 0).TakeWhile(read => read.Epoch == 0).Count();
        reads.ShouldBeInRange(600, 640 + 16);
    }

    [Fact]
    public void BlocksStayBounded_WhenOneRowGroupIsHuge()
    {
        var plan = PlanGen.Plan((2, 4), 3, 500, [[50_000, 10, 10]], [1]);
        plan.ReadAhead(new LaneRange(0, 2), 0).Take(60).ShouldAllBe(read => read.Rows <= 750 && read.EndRow - read.FirstRow <= 750);
    }
}
