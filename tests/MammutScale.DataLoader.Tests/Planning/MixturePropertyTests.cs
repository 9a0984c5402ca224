using CsCheck;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Tests.Planning;

public sealed class MixturePropertyTests
{
    private static readonly Gen<(double[] Shares, int Lanes)> Case =
        Gen.Select(Gen.Double[0.001, 1].Array[1, 9], Gen.OneOf(Gen.Int[1, 20], Gen.Const(64), Gen.Const(97)));

    [Fact]
    public void CountsFollowTheWeights_WithinAFewSamplesForEver() =>
        Gen.Select(Case, Gen.Long[0, 1L << 40]).Sample((c, items) =>
        {
            var mixture = new Mixture(c.Shares, c.Lanes);
            for (var source = 0; source < c.Shares.Length; source++)
            {
                long given = 0;
                for (var lane = 0; lane < c.Lanes; lane++)
                {
                    var ofLane = mixture.Given(lane, items, source);
                    Math.Abs(ofLane - (items * mixture.Share(source))).ShouldBeLessThan(4 + (items * 1e-14));
                    given += ofLane;
                }

                Math.Abs(given - (items * (double)c.Lanes * mixture.Share(source))).ShouldBeLessThan(8 + (items * c.Lanes * 1e-14));
            }
        }, iter: 500);

    [Fact]
    public void EveryItemHasOneSource_AndLookUpsAgreeBothWays() =>
        Gen.Select(Case, Gen.Long[0, 1L << 40]).Sample((c, start) =>
        {
            var mixture = new Mixture(c.Shares, c.Lanes);
            var lane = (int)(start % c.Lanes);
            for (var item = start; item < start + 30; item++)
            {
                var (source, index) = mixture.Locate(lane, item);
                mixture.Given(lane, item, source).ShouldBe(index);
                mixture.Given(lane, item + 1, source).ShouldBe(index + 1);
                mixture.ItemOf(lane, source, index).ShouldBe(item);
                Enumerable.Range(0, c.Shares.Length).Sum(s => mixture.Given(lane, item, s)).ShouldBe(item);
            }
        }, iter: 500);

    [Fact]
    public void Temperature_EvensSharesOut()
    {
        PlanSource Source(string name, double weight) => new(name, name, new[] { 10 }, null, weight);
        DataPlan Plan(double temperature) =>
            new(new PlanOptions { GlobalBatch = 8, Lanes = 8, Seed = 1, Temperature = temperature }, Source("a", 9), Source("b", 1));
        Plan(1).Share(0).ShouldBe(0.9, 1e-9);
        Plan(2).Share(0).ShouldBe(0.75, 1e-9);
        Plan(1e9).Share(0).ShouldBe(0.5, 1e-6);
    }

    [Fact]
    public void SizesDecide_WhenNoSourceHasAWeight()
    {
        var plan = new DataPlan(
            new PlanOptions { GlobalBatch = 8, Lanes = 4, Seed = 1 }, new PlanSource("a", "a", new[] { 100, 200 }), new PlanSource("b", "b", new[] { 100 }));
        plan.Share(0).ShouldBe(0.75, 1e-9);
        plan.Consumed(1000, 1).ShouldBeInRange(1998, 2002);
    }

    [Fact]
    public void HalfGivenWeights_AreRefusedByName()
    {
        var fault = Should.Throw<DataPlanException>(() => new DataPlan(
            new PlanOptions { GlobalBatch = 8, Lanes = 4, Seed = 1 }, new PlanSource("a", "a", new[] { 1 }, null, 2), new PlanSource("b", "b", new[] { 1 })));
        fault.Message.ShouldContain("'b'");
    }
}
