using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests.Faults;

/// <summary>Real processes that die or stop in the middle of an all-reduce.</summary>
public sealed class KilledProcessTests
{
    [Theory]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(4, true)]
    [InlineData(4, false)]
    public async Task Survivors_NameTheDead_WhenAProcessIsKilled(int world, bool sharedMemory)
    {
        string[] before = Directory.GetFiles("/dev/shm");
        using var ranks = await RankProcesses.StartAsync(world, bytes: 4_000_000, $"shared={(sharedMemory ? "true" : "false")}");
        ranks.Signal(1, "KILL");
        foreach (int survivor in Enumerable.Range(0, world).Where(rank => rank != 1))
        {
            var failure = await ranks.FailureAsync(survivor);
            failure.Rank.ShouldBe(1, failure.Message);
            failure.Message.ShouldContain("Rank 1 (127.0.0.1:");
            // well before anybody counts as silent (8 s)
            failure.SinceLastGood.ShouldBeLessThan(TimeSpan.FromSeconds(7));
        }
        Directory.GetFiles("/dev/shm").Except(before).Where(file => file.Contains("mammut", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Survivors_NameTheSilent_WhenAProcessIsStopped()
    {
        using var ranks = await RankProcesses.StartAsync(world: 3, bytes: 400_000, "silence=2000");
        ranks.Signal(2, "STOP");
        foreach (int survivor in new[] { 0, 1 })
        {
            var failure = await ranks.FailureAsync(survivor);
            failure.Rank.ShouldBe(2, failure.Message);
            failure.Message.ShouldContain("silent");
            failure.SinceLastGood.ShouldBeLessThan(TimeSpan.FromSeconds(8));
        }
    }

    [Fact]
    public async Task Ranks_LeaveInPeace_WhenAllAreDone()
    {
        using var ranks = await RankProcesses.StartAsync(world: 3, bytes: 400_000);
        await ranks.StopAsync();
    }
}
