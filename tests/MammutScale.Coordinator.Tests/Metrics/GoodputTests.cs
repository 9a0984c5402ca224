using MammutScale.Contracts;
using MammutScale.Coordinator.Metrics;

namespace MammutScale.Coordinator.Tests.Metrics;

public sealed class GoodputTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void CausesAddUpToTheWallClock_WhenARunGoesThroughAllStates()
    {
        var goodput = new GoodputLedger(Start);
        var now = Start;
        void Go(double seconds, RunState state, bool evaluating = false, bool stepped = true, bool first = false) => goodput.Advance(now = now.AddSeconds(seconds), state, evaluating, stepped, first);
        Go(0, RunState.Gathering);
        Go(3, RunState.Running, stepped: false, first: true);
        goodput.Add(Make.Step(1));
        Go(2, RunState.Running);
        goodput.Add(Make.Step(2));
        Go(1, RunState.Recovering);
        Go(0.5, RunState.Running, stepped: false);
        goodput.Add(Make.Step(2, 2));
        Go(1, RunState.Running);
        Go(0, RunState.Running, evaluating: true);
        Go(5, RunState.Paused);
        Go(7, RunState.Completed);
        Go(100, RunState.Completed);
        var told = goodput.Read().ToDictionary(c => c.Cause, c => c.Seconds);
        told.Values.Sum().ShouldBe(3 + 2 + 1 + 0.5 + 1 + 5 + 7, 1e-9);
        told["compute"].ShouldBe(2 * 0.7, 1e-9);
        told["repeated"].ShouldBe(1, 1e-9);
        told["evaluation"].ShouldBe(5, 1e-9);
        told["paused"].ShouldBe(7, 1e-9);
        told["recovery"].ShouldBe(0.5, 1e-9, "the first step of the new generation is no recovery");
    }

    [Fact]
    public void LedgerGoesOn_WhenItWasStored()
    {
        var goodput = new GoodputLedger(Start);
        goodput.Advance(Start.AddSeconds(4), RunState.Paused, false, false, true);
        var again = new GoodputLedger(Start.AddHours(1), goodput.Save());
        again.Advance(Start.AddSeconds(10), RunState.Paused, false, false, true);
        again.Read().Single(c => c.Cause == "paused").Seconds.ShouldBe(6, 1e-9);
        again.Read().Single(c => c.Cause == "starting").Seconds.ShouldBe(4, 1e-9);
    }

    [Fact]
    public void SpeedComesFromCommitTimes_WhenThereAreSeveralSteps()
    {
        var speed = new Speed();
        speed.SamplesPerSecond.ShouldBe(0);
        speed.SecondsLeft(10).ShouldBeNull();
        speed.Add(Make.Step(1, 1, Start));
        speed.SamplesPerSecond.ShouldBe(16, 1e-6);
        speed.Add(Make.Step(2, 1, Start.AddSeconds(2)));
        speed.Add(Make.Step(3, 1, Start.AddSeconds(4)));
        speed.SamplesPerSecond.ShouldBe(8, 1e-6);
        speed.SecondsLeft(10).ShouldNotBeNull().ShouldBe(20, 1e-6);
    }
}
