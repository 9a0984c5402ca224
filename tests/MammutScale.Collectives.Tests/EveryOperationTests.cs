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
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Operations_GiveWhatPlainLoopsGive_OverTcp(int world)
    {
        using var groups = await Groups.TcpAsync(world, options => options with { SharedMemory = false });
        Scenarios(world, LargestSmall).Sample(scenario => scenario.Check(groups), iter: 50, threads: 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Operations_GiveWhatPlainLoopsGive_WhenBuffersAreLarge(int world)
    {
        using var groups = await Groups.TcpAsync(world, options => options with { SharedMemory = false, SocketsPerPeer = 3 });
        Scenarios(world, 1_500_000).Sample(scenario => scenario.Check(groups), iter: 4, threads: 1);
    }

    private static Gen<Scenario> Scenarios(int world, int largest) =>
        from count in Sizes(largest)
        from type in Gen.Enum<ElementType>()
        from op in Gen.Enum<ReduceOp>()
        from counts in Sizes(largest / world).Array[world]
        from root in Gen.Int[0, world - 1]
        select new Scenario(world, count, type, op, [.. counts.Select(c => (long)c)], root);

    // sizes around nothing, one vector and the switch from exchanges to the ring are met as often as any others
    private static Gen<int> Sizes(int largest) => Gen.OneOf(Gen.Int[0, 3], Gen.Int[0, 130], Gen.Int[0, largest], Gen.Int[16_380, 16_390].Select(n => Math.Min(n, largest)));
}
