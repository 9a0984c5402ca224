using CsCheck;
using MammutScale.Contracts;
using MammutScale.Coordinator.Metrics;

namespace MammutScale.Coordinator.Tests.Metrics;

public sealed class MetricHistoryTests
{
    private static readonly Gen<double> Loss = Gen.Frequency((20, Gen.Double[-100, 100]), (1, Gen.Const(double.NaN)), (1, Gen.Const(double.PositiveInfinity)));

    [Fact]
    public void EndsAndExtremesAreKept_WhenStepsSinkIntoCoarserTiers()
    {
        Gen.Select(Loss.List[1, 700], Gen.Int[1, 40], Gen.Int[0, 5]).Sample((losses, buckets, first) =>
        {
            var history = new MetricHistory(stepsKept: 64, bucketsKept: 8, tiers: 3);
            for (var i = 0; i < losses.Count; i++) history.Add(Make.Step(first + i, loss: losses[i]));
            var block = history.Read(null, null, buckets, 1);
            var finite = losses.Where(double.IsFinite).ToList();
            block.FirstStep.Length.ShouldBeLessThanOrEqualTo(buckets);
            block.FirstStep[0].ShouldBe(first);
            block.LastStep[^1].ShouldBe(first + losses.Count - 1);
            block.Count.Sum().ShouldBe(losses.Count);
            block.Last[0][^1].ShouldBe(losses[^1]);
            block.NonFinite.Sum().ShouldBe(losses.Count - finite.Count);
            if (finite.Count > 0)
            {
                block.Min[0].Where(double.IsFinite).Min().ShouldBe(finite.Min());
                block.Max[0].Where(double.IsFinite).Max().ShouldBe(finite.Max());
            }

            Enumerable.Range(1, block.FirstStep.Length - 1).All(b => block.FirstStep[b] == block.LastStep[b - 1] + 1).ShouldBeTrue();
        }, iter: 100);
    }

    [Fact]
    public void NewestAttemptWins_WhenStepsAreDoneAgain()
    {
        Gen.Select(Gen.Int[2, 400], Gen.Int[1, 400], Gen.Int[1, 300]).Sample((steps, back, more) =>
        {
            var from = Math.Max(1, steps - back);
            var log = new List<StepRecord>();
            for (var s = 1; s <= steps; s++) log.Add(Make.Step(s, 1, loss: 1000 + s));
            for (var s = from; s < from + more; s++) log.Add(Make.Step(s, 2, loss: s));
            var history = new MetricHistory(stepsKept: 64, bucketsKept: 8, tiers: 3);
            var isWhole = true;
            foreach (var step in log) isWhole &= history.Add(step);
            if (!isWhole) history.Rebuild(log);
            var block = history.Read(null, null, 50, 1);
            block.Count.Sum().ShouldBe(from - 1 + more, "nothing is doubled");
            block.LastStep[^1].ShouldBe(from + more - 1);
            block.Max[0].Max().ShouldBe(from > 1 ? 1000 + from - 1 : from + more - 1);
            block.Min[0].Min().ShouldBe(from);
        }, iter: 100);
    }

    [Fact]
    public void SameRecordIsIgnored_WhenItIsToldTwice()
    {
        var history = new MetricHistory();
        history.Add(Make.Step(1));
        history.Add(Make.Step(2));
        history.Add(Make.Step(2, loss: 77)).ShouldBeTrue();
        history.Read(null, null, 10, 1).Last[0].ShouldBe([Make.Step(1).Loss, Make.Step(2).Loss]);
    }

    [Fact]
    public void WindowIsReadFinely_WhenItIsRecent()
    {
        var history = new MetricHistory();
        for (var s = 1; s <= 1000; s++) history.Add(Make.Step(s));
        var block = history.Read(901, 950, 500, 9);
        block.FirstStep.ShouldBe(Enumerable.Range(901, 50).Select(s => (long)s));
        block.Sequence.ShouldBe(9);
        block.Names.Length.ShouldBe(block.Min.Length);
    }

    [Fact]
    public void AnswerIsEmpty_WhenNothingHasBeenTold()
        => new MetricHistory().Read(null, null, 10, 0).FirstStep.ShouldBeEmpty();
}
