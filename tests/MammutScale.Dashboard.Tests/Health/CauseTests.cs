using MammutScale.Contracts;
using MammutScale.Dashboard.Health;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Health;

public sealed class CauseTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void WorkerThatWaitsForData_IsFound_AndWhatItCosts()
    {
        var cause = CauseFinder.Find(new InventedRun("r", 15_370).Snapshot()).ShouldHaveSingleItem();

        cause.Kind.ShouldBe(CauseKind.WorkerData);
        cause.WorkerId.ShouldBe("worker-5");
        cause.Share.ShouldBe(0.31, 0.01);
        // without the wait the step is as long as the others' own time and the communication that even it pays
        cause.SpeedWithout.ShouldBe(603, 5);
    }

    [Fact]
    public void HealthyRun_HasNoCause() => CauseFinder.Find(new InventedRun("r", 14_000).Snapshot()).ShouldBeEmpty();

    [Fact]
    public void OnlyTheTimeThatEveryonePays_IsCommunication()
    {
        var run = new InventedRun("r", 14_000).Snapshot();
        var workers = run.Workers.Select(w => w with { Phases = w.Phases with { ExposedCommunication = 0.6 } });
        CauseFinder.Find(run with { Workers = [.. workers] }).ShouldHaveSingleItem().Kind.ShouldBe(CauseKind.Communication);
    }

    [Fact]
    public void SlowComputer_IsToldFromSlowData()
    {
        var run = new InventedRun("r", 14_000).Snapshot();
        var workers = run.Workers.Select(w => w.WorkerId == "worker-2" ? w with { Phases = w.Phases with { Backward = 1.9 } } : w with { Phases = w.Phases with { ExposedCommunication = 1.14 } });
        var cause = CauseFinder.Find(run with { Workers = [.. workers] })[0];
        (cause.Kind, cause.WorkerId).ShouldBe((CauseKind.WorkerCompute, "worker-2"));
        cause.Factor.ShouldBeGreaterThan(CauseFinder.StragglerFactor);
    }

    [Fact]
    public void Cause_IsTold_OnlyAfterHalfAMinute()
    {
        var watch = new CauseWatch();
        var slow = new InventedRun("r", 15_370, Start).Snapshot();

        watch.Observe(slow with { Now = Start }).Causes.ShouldBeEmpty();
        watch.Observe(slow with { Now = Start.AddSeconds(29) }).Causes.ShouldBeEmpty();
        watch.Observe(slow with { Now = Start.AddSeconds(30) }).Causes.Count.ShouldBe(1);
    }

    [Fact]
    public void Cause_Stays_ForAMinuteAfterItIsGone()
    {
        var watch = new CauseWatch();
        var slow = new InventedRun("r", 15_370, Start).Snapshot();
        var well = new InventedRun("r", 14_000, Start).Snapshot();
        watch.Observe(slow with { Now = Start });
        watch.Observe(slow with { Now = Start.AddSeconds(31) });

        watch.Observe(well with { Now = Start.AddSeconds(60) }).Causes.Count.ShouldBe(1);
        watch.Observe(well with { Now = Start.AddSeconds(90) }).Causes.Count.ShouldBe(1);
        var after = watch.Observe(well with { Now = Start.AddSeconds(92) });
        after.Causes.ShouldBeEmpty();
        after.HealthySince.ShouldBe(Start.AddSeconds(92));
    }

    [Fact]
    public void ShortTrouble_IsForgottenAtOnce()
    {
        var watch = new CauseWatch();
        var slow = new InventedRun("r", 15_370, Start).Snapshot();
        var well = new InventedRun("r", 14_000, Start).Snapshot();
        watch.Observe(slow with { Now = Start });
        watch.Observe(well with { Now = Start.AddSeconds(10) });

        watch.Observe(slow with { Now = Start.AddSeconds(35) }).Causes.ShouldBeEmpty();
    }

    [Fact]
    public void PausedRun_HasNoCause()
    {
        var watch = new CauseWatch();
        var slow = new InventedRun("r", 15_370, Start).Snapshot();
        watch.Observe(slow with { Now = Start });
        watch.Observe(slow with { Now = Start.AddSeconds(40) }).Causes.ShouldNotBeEmpty();

        watch.Observe(slow with { Now = Start.AddSeconds(41), State = RunState.Paused }).Causes.ShouldBeEmpty();
    }
}
