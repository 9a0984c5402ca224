using System.Diagnostics;
using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests.Faults;

public sealed class AbortTests
{
    [Theory]
    [InlineData("in-process")]
    [InlineData("tcp")]
    [InlineData("shared-memory")]
    public async Task EveryRank_FailsAtOnce_WhenOneAbortsInTheMiddle(string backend)
    {
        using var groups = await CreateAsync(backend, 3);
        using var values = new NativeArray<float>(1000);
        // rank 2 never comes, so the others hang until they are told
        var first = groups.Ranks[0].AllReduce(values.Buffer);
        var second = groups.Ranks[0].Barrier();
        long begin = Stopwatch.GetTimestamp();
        using var other = new NativeArray<float>(1000);
        var theirs = groups.Ranks[1].AllReduce(other.Buffer);
        groups.Ranks[2].Abort("the operator said so");

        foreach (var work in new[] { first, second, theirs })
        {
            var failure = Should.Throw<CollectiveException>(work.Wait);
            failure.FailedRank.ShouldBe(2);
            failure.Message.ShouldContain("the operator said so");
        }
        Stopwatch.GetElapsedTime(begin).ShouldBeLessThan(TimeSpan.FromSeconds(6));
        Should.Throw<CollectiveException>(() => groups.Ranks[2].Barrier().Wait()).FailedRank.ShouldBe(2);
    }

    [Theory]
    [InlineData("in-process")]
    [InlineData("tcp")]
    [InlineData("shared-memory")]
    public async Task LaterOperations_Fail_WhenAPeerHasLeft(string backend)
    {
        using var groups = await CreateAsync(backend, 2);
        groups.Each(group => group.Barrier().Wait());
        groups.Ranks[1].Dispose();
        Should.Throw<CollectiveException>(() => groups.Ranks[0].Barrier().Wait()).FailedRank.ShouldBe(1);
        Should.Throw<CollectiveException>(() => groups.Ranks[1].Barrier().Wait());
    }

    [Theory]
    [InlineData("in-process")]
    [InlineData("tcp")]
    [InlineData("shared-memory")]
    public async Task Ranks_NameTheirDifference_WhenTheyDoDifferentThings(string backend)
    {
        using var groups = await CreateAsync(backend, 2);
        using var few = new NativeArray<float>(100);
        using var many = new NativeArray<float>(101);
        var one = groups.Ranks[0].AllReduce(few.Buffer);
        var two = groups.Ranks[1].AllReduce(many.Buffer);
        var failure = Should.Throw<CollectiveException>(one.Wait);
        Should.Throw<CollectiveException>(two.Wait);
        failure.Message.ShouldContain("101 Float32");
        failure.Message.ShouldContain("100 Float32");
    }

    [Theory]
    [InlineData("in-process")]
    [InlineData("tcp")]
    [InlineData("shared-memory")]
    public async Task EveryRank_FailsByName_WhenOneAbortsWhileDataMoves(string backend)
    {
        using var groups = await CreateAsync(backend, 3);
        using var moving = new CountdownEvent(3 * 5);
        var failures = new CollectiveException[3];
        var abort = Task.Run(() =>
        {
            moving.Wait(TimeSpan.FromSeconds(20));
            groups.Ranks[1].Abort("enough");
        }, TestContext.Current.CancellationToken);
        groups.Each(group =>
        {
            using var values = new NativeArray<float>(2_000_000);
            failures[group.Rank] = Should.Throw<CollectiveException>(() =>
            {
                for (int round = 0; ; round++)
                {
                    group.AllReduce(values.Buffer).Wait();
                    if (round < 5) moving.Signal();
                }
            });
        });
        await abort;
        failures.ShouldAllBe(failure => failure.FailedRank == 1);
    }

    [Fact]
    public async Task Failed_TellsBetweenOperations_WhenAPeerAborts()
    {
        using var groups = await CreateAsync("tcp", 2);
        groups.Ranks[1].Abort("out of memory");
        var failure = await ((TcpGroup)groups.Ranks[0]).Failed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        failure.FailedRank.ShouldBe(1);
        failure.Message.ShouldContain("out of memory");
    }

    [Fact]
    public async Task Dispose_EndsPendingOperations_WhenPeersNeverCome()
    {
        using var groups = await CreateAsync("tcp", 2);
        var work = groups.Ranks[0].Barrier();
        groups.Ranks[0].Dispose();
        Should.Throw<CollectiveException>(work.Wait);
        work.IsCompleted.ShouldBeTrue();
    }

    private static async Task<Groups> CreateAsync(string backend, int world) => backend switch
    {
        "in-process" => Groups.InProcess(world),
        _ => await Groups.TcpAsync(world, options => options with { SharedMemory = backend == "shared-memory" }),
    };
}
