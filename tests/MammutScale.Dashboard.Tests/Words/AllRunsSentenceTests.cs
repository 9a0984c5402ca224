using MammutScale.Contracts;
using MammutScale.Dashboard.Health;
using MammutScale.Dashboard.Tests.Fakes;
using MammutScale.Dashboard.Words;

namespace MammutScale.Dashboard.Tests.Words;

public sealed class AllRunsSentenceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 14, 29, 0, TimeSpan.Zero);

    [Fact]
    public void NoRuns_SaysHowToStartOne() => Read().ShouldBe("No runs yet.\nStart one on this machine; it shows here within a second or two.");

    [Fact]
    public void AllHealthy_IsSaidInOneLine()
        => Read(new InventedRun("a", 100, Now), new InventedRun("b", 200, Now)).ShouldBe("All 2 active runs are healthy.\nNone has failed.");

    [Fact]
    public void OneInTrouble_IsNamed()
        => Read(new InventedRun("a", 14_800, Now), new InventedRun("b", 200, Now)).ShouldStartWith("One of 2 active runs needs a look.\na is degraded: worker 3 was lost");

    [Fact]
    public void EndedRuns_AreNoTrouble()
        => Read(new InventedRun("a", 100, Now) { State = RunState.Failed }, new InventedRun("b", 200, Now) { State = RunState.Completed })
            .ShouldBe("No run is active.\n2 runs have ended, 1 of them failed.");

    private static string Read(params InventedRun[] runs)
        => AllRunsSentence.Of([.. runs.Select(r => (r.Snapshot(), RunSentence.Of(r.Snapshot(), new RunHealth([], Now))))]).Read(Now).Replace('\u202f', ' ');
}
