using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests.Faults;

/// <summary>A network that is cut without any connection being closed.</summary>
public sealed class PartitionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BothSides_NameTheOther_WhenTheNetworkIsCut(bool ipv6)
    {
        string? obstacle = Partition.Obstacle();
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        using var hosts = new Partition(3, ipv6);
        using var ranks = await RankProcesses.StartAsync(3, bytes: 400_000, "silence=2000 interface=eth0", hosts.Prefix);
        hosts.Unplug(2);
        foreach (int connected in new[] { 0, 1 })
        {
            var failure = await ranks.FailureAsync(connected);
            failure.Rank.ShouldBe(2, failure.Message);
            failure.Message.ShouldContain(hosts.Address(2));
            failure.SinceLastGood.ShouldBeLessThan(TimeSpan.FromSeconds(8));
        }
        var alone = await ranks.FailureAsync(2);
        alone.Rank.ShouldNotBe(2);
        alone.SinceLastGood.ShouldBeLessThan(TimeSpan.FromSeconds(8));
    }
}
