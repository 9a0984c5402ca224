using CsCheck;
using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests.Nccl;

/// <summary>The NCCL backend over the stand-in: call paths, stream order, failures, no leaks. One after the other: the stand-in counts for the whole process.</summary>
[Collection(nameof(NcclGroupTests))]
public sealed class NcclGroupTests : IDisposable
{
    private readonly (int Comms, int Streams, int Events) _before;

    public NcclGroupTests()
    {
        StandIn.SkipIfMissing();
        _before = Live();
    }

    // whatever a test has done, it leaves nothing on the device
    public void Dispose() => Live().ShouldBe(_before);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Operations_GiveWhatPlainLoopsGive(int world)
    {
        using var groups = await NcclGroups.CreateAsync(world);
        var synchronous = Groups.Of([.. groups.Ranks.Select(rank => new Synchronous(rank))]);
        EveryOperationTests.Scenarios(world, 20_000).Sample(scenario => scenario.Check(synchronous), iter: 15, threads: 1);
    }

    [Fact]
    public async Task Communication_RunsBetweenWhatComputingDidBeforeAndDoesAfter()
    {
        const int Count = 50_000;
        using var groups = await NcclGroups.CreateAsync(2);
        Groups.Of(groups.Ranks).Each(group =>
        {
            using var values = new NativeArray<float>(Count);
            using var seen = new NativeArray<float>(Count);
            for (int round = 1; round <= 5; round++)
            {
                // slow on one rank, then on the other: without both edges somebody reads too early
                StandIn.Fill(group.Rank, values.Buffer, round, milliseconds: group.Rank == round % 2 ? 60 : 0);
                var work = group.AllReduce(values.Buffer);
                work.Wait();
                StandIn.Copy(group.Rank, seen.Buffer, values.Buffer);
                StandIn.Synchronize(group.Rank);
                work.IsCompleted.ShouldBeTrue();
                seen.Span[0].ShouldBe(2 * round);
                seen.Span[Count - 1].ShouldBe(2 * round);
            }
        });
    }

    [Fact]
    public async Task Host_DoesNotWait_ForTheDevice()
    {
        using var groups = await NcclGroups.CreateAsync(1);
        using var values = new NativeArray<float>(10);
        StandIn.Fill(0, values.Buffer, 1, milliseconds: 500);
        var work = groups.Ranks[0].AllReduce(values.Buffer);
        work.Wait();
        work.IsCompleted.ShouldBeFalse();
        StandIn.Synchronize(0);
        work.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Abort_FreesTheDevice_WhenAPeerNeverComes()
    {
        using var groups = await NcclGroups.CreateAsync(2);
        using var values = new NativeArray<float>(10);
        var work = groups.Ranks[0].AllReduce(values.Buffer);
        work.Wait();
        groups.Ranks[0].Abort("the operator said so");
        StandIn.Synchronize(0);
        Should.Throw<CollectiveException>(work.Wait).Message.ShouldContain("the operator said so");
        var failure = await groups.Ranks[1].Failed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        failure.FailedRank.ShouldBe(0);
        Should.Throw<CollectiveException>(() => groups.Ranks[1].AllReduce(values.Buffer).Wait()).FailedRank.ShouldBe(0);
    }

    [Fact]
    public async Task Error_OfTheLibrary_FailsTheGroup()
    {
        using var groups = await NcclGroups.CreateAsync(1);
        try
        {
            StandIn.Inject(6);
            var failure = await groups.Ranks[0].Failed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            failure.Message.ShouldContain("remote process exited");
        }
        finally
        {
            StandIn.Inject(0);
        }
    }

    [Fact]
    public async Task Standstill_FailsTheGroup_WhenNothingEnds()
    {
        using var groups = await NcclGroups.CreateAsync(2, options => options with { ProgressTimeout = TimeSpan.FromMilliseconds(300) });
        using var values = new NativeArray<float>(10);
        _ = groups.Ranks[0].AllReduce(values.Buffer);
        var failure = await groups.Ranks[0].Failed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        failure.Message.ShouldContain("has not ended");
    }

    [Fact]
    public async Task SetUp_Fails_WhenARankNeverCalls()
    {
        using var control = await Groups.TcpAsync(2);
        var options = new NcclGroupOptions { SetUpTimeout = TimeSpan.FromMilliseconds(300) };
        // the other rank takes the id and then stays away
        var joining = NcclGroup.ConnectAsync(options, (QueuedGroup)control.Ranks[0]);
        using var id = new NativeArray<byte>(128);
        control.Ranks[1].Broadcast(id.Buffer, 0).Wait();
        (await Should.ThrowAsync<CollectiveException>(() => joining)).Message.ShouldContain("did not connect rank 0");
    }

    [Fact]
    public async Task Survivors_GoOnInTheSameProcess_ThroughShrinkAndGrow()
    {
        using var groups = await NcclGroups.CreateAsync(3);
        groups.Ranks[2].Abort("it is leaving");
        foreach (int survivor in new[] { 0, 1 }) await groups.Ranks[survivor].Failed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        using var smaller = await Groups.TcpAsync(2);
        var shrunk = await Task.WhenAll(groups.Ranks[0].ShrinkAsync([2], (QueuedGroup)smaller.Ranks[0]), groups.Ranks[1].ShrinkAsync([2], (QueuedGroup)smaller.Ranks[1]));
        CheckSum(shrunk!, expected: 2);

        using var larger = await Groups.TcpAsync(3);
        var newcomer = NcclGroup.JoinGrowingAsync(new NcclGroupOptions { Device = 2 }, (QueuedGroup)larger.Ranks[2]);
        var grown = await Task.WhenAll([shrunk[0]!.GrowAsync((QueuedGroup)larger.Ranks[0]), shrunk[1]!.GrowAsync((QueuedGroup)larger.Ranks[1]), newcomer]);
        CheckSum(grown!, expected: 3);
        await Task.WhenAll(shrunk.Concat(grown).Select(group => Task.Factory.StartNew(group!.Dispose, TaskCreationOptions.LongRunning)));
    }

    [Fact]
    public async Task Report_TellsVersionsDeviceAndInterface()
    {
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var groups = await NcclGroups.CreateAsync(1, options => options with { Log = log.Enqueue, Interface = "eth7" });
        log.ShouldContain(groups.Ranks[0].Report);
        groups.Ranks[0].Report.ShouldContain("NCCL 2.30.7");
        groups.Ranks[0].Report.ShouldContain("CUDA runtime 13.0, rank 0 of 1 on device 0 of 8, interface: eth7, shrink: yes, grow: yes, revoke: yes");
        NcclGroup.IsAvailable(out _).ShouldBeTrue();
    }

    private static void CheckSum(NcclGroup[] ranks, float expected) => Groups.Of(ranks).Each(group =>
    {
        using var values = new NativeArray<float>(1000);
        values.Span.Fill(1);
        new Synchronous(group).AllReduce(values.Buffer, ReduceOp.Sum).Wait();
        values.Span[999].ShouldBe(expected);
    });

    private static (int Comms, int Streams, int Events) Live() => (StandIn.LiveComms, StandIn.LiveStreams, StandIn.LiveEvents);
}
