using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests;

/// <summary>The hot path must not feed the garbage collector, and nothing may pile up. Alone in its collection, since it counts the whole process.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Rounds = 300;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Operations_AllocateNothing_InSteadyState(bool sharedMemory)
    {
        using var groups = await Groups.TcpAsync(2, options => options with { SharedMemory = sharedMemory });
        long[] allocated = new long[2];
        groups.Each(group =>
        {
            using var large = new NativeArray<float>(300_000);
            using var half = new NativeArray<float>(150_000);
            using var small = new NativeArray<ushort>(100);
            for (int i = 0; i < Rounds; i++) DoEverything(group, large.Buffer, half.Buffer, small.Buffer);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Rounds; i++) DoEverything(group, large.Buffer, half.Buffer, small.Buffer);
            allocated[group.Rank] = GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        // the runtime itself allocates a little now and then; one object an operation would be 72,000 bytes and more
        allocated.Min().ShouldBeLessThan(8_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NothingStaysOpen_WhenGroupsComeAndGo(bool sharedMemory)
    {
        await ComeAndGoAsync(sharedMemory);
        int before = OpenDescriptors(), mapped = SharedMappings();
        for (int i = 0; i < 5; i++) await ComeAndGoAsync(sharedMemory);
        OpenDescriptors().ShouldBeLessThanOrEqualTo(before + 2);
        SharedMappings().ShouldBe(mapped);
    }

    private static async Task ComeAndGoAsync(bool sharedMemory)
    {
        using var groups = await Groups.TcpAsync(3, options => options with { SharedMemory = sharedMemory });
        groups.Each(group => group.Barrier().Wait());
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static int SharedMappings() => File.ReadLines("/proc/self/maps").Count(line => line.Contains("memfd:mammut-", StringComparison.Ordinal));

    private static void DoEverything(ICollectives group, DeviceBuffer large, DeviceBuffer half, DeviceBuffer small)
    {
        var first = group.AllReduce(large);
        var second = group.ReduceScatter(large, half);
        var third = group.AllGather(half, large);
        var fourth = group.AllReduce(small, ReduceOp.Max);
        first.Wait();
        second.Wait();
        third.Wait();
        fourth.Wait();
        group.Broadcast(half, 1).Wait();
        group.Barrier().Wait();
    }
}
