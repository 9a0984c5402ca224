using MammutScale.Collectives.Tcp.Peers;
using MammutScale.Collectives.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace MammutScale.Collectives.Tests.Faults;

/// <summary>Peers that live but do not come along; time is the test's.</summary>
public sealed class StandstillTests
{
    private static readonly MeshTiming Timing = new()
    {
        HeartbeatInterval = TimeSpan.FromMilliseconds(20),
        SilenceTimeout = TimeSpan.FromHours(10),
        ProgressTimeout = TimeSpan.FromSeconds(100),
        ProgressFloor = TimeSpan.FromSeconds(50),
    };

    [Fact]
    public async Task TheRankThatDoesNotCome_IsNamed_WhenOthersWaitForIt()
    {
        var time = new FakeTimeProvider();
        using var groups = await Groups.TcpAsync(3, options => options with { Timing = Timing, Time = time });
        using var a = new NativeArray<float>(10);
        using var b = new NativeArray<float>(10);
        var first = groups.Ranks[0].AllReduce(a.Buffer);
        var second = groups.Ranks[1].AllReduce(b.Buffer);
        while (!first.IsCompleted || !second.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(30, TestContext.Current.CancellationToken);
        }
        foreach (var work in new[] { first, second })
        {
            var failure = Should.Throw<CollectiveException>(work.Wait);
            failure.FailedRank.ShouldBe(2);
            failure.Message.ShouldContain("has not come along");
        }
    }

    [Fact]
    public void Limit_IsLearnt_FromRecentOperations()
    {
        var limit = new ProgressLimit(Timing);
        for (int i = 0; i < 31; i++) limit.Learn(TimeSpan.FromSeconds(3));
        limit.Current.ShouldBe(TimeSpan.FromSeconds(100));
        limit.Learn(TimeSpan.FromSeconds(4));
        limit.Current.ShouldBe(TimeSpan.FromSeconds(80));
        for (int i = 0; i < 64; i++) limit.Learn(TimeSpan.FromSeconds(1));
        limit.Current.ShouldBe(TimeSpan.FromSeconds(50));
        limit.Learn(TimeSpan.FromSeconds(99));
        limit.Current.ShouldBe(TimeSpan.FromSeconds(100));
    }

    [Fact]
    public void Timing_IsRefused_WhenSilenceIsShorterThanHeartbeats() =>
        Should.Throw<ArgumentException>(() => (Timing with { SilenceTimeout = TimeSpan.FromMilliseconds(30) }).Validate()).Message.ShouldContain("SilenceTimeout");
}
