using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests.Nccl;

/// <summary>Real processes over the stand-in, one of which is killed in the middle of an all-reduce.</summary>
public sealed class LostRankTests
{
    [Theory]
    [InlineData(true, "shrink")]
    [InlineData(false, "connect")]
    public async Task Survivors_GoOnInTheSameProcess_WhenARankIsKilled(bool newLibrary, string way)
    {
        StandIn.SkipIfMissing();
        using var ranks = await RankProcesses.StartAsync(3, bytes: 200_000, mode: "gpu", nccl: newLibrary ? StandIn.NewLibrary : StandIn.OldLibrary);
        ranks.Signal(1, "KILL");
        foreach (int survivor in new[] { 0, 2 }) (await ranks.FailureAsync(survivor)).Rank.ShouldBe(1);
        foreach (int survivor in new[] { 0, 2 })
        {
            (await ranks.HearAsync(survivor, "recovered")).ShouldBe($"{way} 2");
            await ranks.HearAsync(survivor, "done");
        }
    }
}
