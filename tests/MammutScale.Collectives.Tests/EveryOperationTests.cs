using CsCheck;
using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests;

/// <summary>The algebra: every backend, operation, type, size and division gives what plain loops give.</summary>
public sealed class EveryOperationTests
{
    private const int LargestSmall = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void Operations_GiveWhatPlainLoopsGive_InProcess(int world)
    {
        using var groups = Groups.InProcess(world);
        Scenarios(world, LargestSmall).Sample(scenario => scenario.Check(groups), iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    [InlineData(7, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(6, true)]
    public async Task Operations_GiveWhatPlainLoopsGive_BetweenPeers(int world, bool sharedMemory)
    {
        using var groups = await Groups.TcpAsync(world, options => options with { SharedMemory = sharedMemory });
        Scenarios(world, LargestSmall).Sample(scenario => scenario.Check(groups), iter: 50, threads: 1);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    [InlineData(4, true)]
    public async Task Operations_GiveWhatPlainLoopsGive_WhenBuffersAreLarge(int world, bool sharedMemory)
    {
        using var groups = await Groups.TcpAsync(world, options => options with { SharedMemory = sharedMemory, SocketsPerPeer = 3 });
        Scenarios(world, 1_500_000).Sample(scenario => scenario.Check(groups), iter: 4, threads: 1);
    }

    internal static Gen<Scenario> Scenarios(int world, int largest) =>
        from count in Sizes(largest)
        from type in Gen.Enum<ElementType>()
        from op in Gen.Enum<ReduceOp>()
        from counts in Sizes(largest / world).Array[world]
        from root in Gen.Int[0, world - 1]
        select new Scenario(world, count, type, op, [.. counts.Select(c => (long)c)], root);

    // sizes around nothing, one vector and the switch from exchanges to the ring are met as often as any others
    private static Gen<int> Sizes(int largest) => Gen.OneOf(Gen.Int[0, 3], Gen.Int[0, 130], Gen.Int[0, largest], Gen.Int[16_380, 16_390].Select(n => Math.Min(n, largest)));
}
