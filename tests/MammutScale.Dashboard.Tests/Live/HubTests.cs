using MammutScale.Contracts;
using MammutScale.Dashboard.Api;
using MammutScale.Dashboard.Live;
using MammutScale.Dashboard.Tests.Fakes;

namespace MammutScale.Dashboard.Tests.Live;

public sealed class HubTests
{
    [Fact]
    public void SlowReader_LosesTheOldest_AndIsTold()
    {
        var run = new InventedRun("r", 10);
        using var subscription = new Subscription(_ => { });
        for (int i = 0; i < Subscription.Capacity + 40; i++) subscription.Send(new RunChanged(new RunUpdate { Steps = run.Commit(1), Snapshot = run.Snapshot() }));

        long sequence = 0;
        var batch = LiveBatch.Drain(subscription, ref sequence);

        batch.Gap.ShouldBeTrue();
        batch.Steps.Count.ShouldBe(Subscription.Capacity);
        batch.Snapshot!.Step.ShouldBe(10 + Subscription.Capacity + 40);
        subscription.TakeOverflow().ShouldBeFalse();
    }

    [Fact]
    public void Batch_MergesSteps_AndLeavesOutWhatIsKnown()
    {
        var run = new InventedRun("r", 10);
        using var subscription = new Subscription(_ => { });
        var known = new RunUpdate { Steps = run.Commit(2), Snapshot = run.Snapshot() };
        subscription.Send(new RunChanged(known));
        subscription.Send(new RunChanged(new RunUpdate { Steps = run.Commit(3), Snapshot = run.Snapshot() }));

        long sequence = known.Snapshot.Sequence;
        var batch = LiveBatch.Drain(subscription, ref sequence);

        batch.Steps.Select(s => s.Step).ShouldBe([13, 14, 15]);
        batch.Gap.ShouldBeFalse();
    }

    [Fact]
    public void NumbersThatBeginAnew_AreTaken_AfterAGap()
    {
        var run = new InventedRun("r", 10);
        using var subscription = new Subscription(_ => { });
        subscription.Send(new RunChanged(new RunUpdate { Steps = [], Snapshot = run.Snapshot(), Gap = true }));

        long sequence = 5_000;
        var batch = LiveBatch.Drain(subscription, ref sequence);

        batch.Snapshot.ShouldNotBeNull();
        sequence.ShouldBe(run.Snapshot().Sequence);
    }
}
