using System.Net;
using MammutScale.Collectives.Tcp.Joining;
using MammutScale.Collectives.Tcp.Peers;
using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests;

public sealed class TransportTests
{
    [Fact]
    public async Task Ranks_UseSharedMemory_WhenTheyAreOnOneHost()
    {
        using var groups = await Groups.TcpAsync(3);
        ((TcpGroup)groups.Ranks[1]).Report.ShouldMatch(@"^TCP group: rank 1 of 3, rank 0 \(127\.0\.0\.1:\d+\) by shared memory, rank 2 \(127\.0\.0\.1:\d+\) by shared memory$");
    }

    [Fact]
    public async Task Ranks_UseSeveralSockets_WhenSharedMemoryIsNotWanted()
    {
        using var groups = await Groups.TcpAsync(2, options => options with { SharedMemory = false, SocketsPerPeer = 4 });
        ((TcpGroup)groups.Ranks[0]).Report.ShouldEndWith("by TCP × 4");
    }

    [Fact]
    public void Segment_IsNotOpened_WhenItsNameHasAnotherNonce()
    {
        var nonce = SharedSegment.NewNonce();
        using var segment = SharedSegment.Create(nonce, 4096).ShouldNotBeNull();
        SharedSegment.Open(Environment.ProcessId, segment.Descriptor, nonce + 1, 4096, out string trouble).ShouldBeNull();
        trouble.ShouldContain("another process namespace");
        SharedSegment.Open(Environment.ProcessId, segment.Descriptor, nonce, 8192, out trouble).ShouldBeNull();
        trouble.ShouldContain("not what was announced");
        using var second = SharedSegment.Open(Environment.ProcessId, segment.Descriptor, nonce, 4096, out _);
        second.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "1")]
    [InlineData(5, "1 2 3 4")]
    [InlineData(16, "1 2 4 8 12 14 15")]
    public void Neighbours_AreThoseAtPowersOfTwo(int world, string expected) => string.Join(' ', Neighbours.Of(0, world)).ShouldBe(expected);

    [Fact]
    public void ControlFrames_SurviveEverySplit_AndRefuseGarbage()
    {
        var frame = new byte[ControlFrame.LargestBytes];
        int length = ControlFrame.Write(frame, ControlKind.Failed, 7, 99, "rank 7 is göne");
        for (int part = 0; part < length; part++) ControlFrame.Measure(frame.AsSpan(0, part)).ShouldBe(0);
        ControlFrame.Measure(frame.AsSpan(0, length)).ShouldBe(length);
        ControlFrame.Read(frame).ShouldBe((ControlKind.Failed, 7, 99L));
        ControlFrame.Text(frame.AsSpan(0, length)).ShouldBe("rank 7 is göne");
        frame[1] = 0;
        ControlFrame.Measure(frame.AsSpan(0, length)).ShouldBe(-1);
    }

    [Fact]
    public async Task Options_AreRefused_WhenTheyCannotWork()
    {
        var good = new TcpGroupOptions { Rank = 0, EndPoints = [new IPEndPoint(IPAddress.Loopback, 1)], Secret = Groups.Secret, Generation = 1 };
        (await TcpGroup.ConnectAsync(good, TestContext.Current.CancellationToken)).Dispose();
        await RefusedAsync(good with { Rank = 1 }, "Rank is 1");
        await RefusedAsync(good with { Secret = new byte[31] }, "31 bytes");
        await RefusedAsync(good with { SocketsPerPeer = 0 }, "SocketsPerPeer is 0");
        await RefusedAsync(good with { EndPoints = [good.EndPoints[0], good.EndPoints[0]] }, "Listener is needed");
    }

    [Fact]
    public void Arguments_AreRefused_BeforeAnythingIsSent()
    {
        using var groups = Groups.InProcess(1);
        var group = groups.Ranks[0];
        using var ten = new NativeArray<float>(10);
        using var nine = new NativeArray<float>(9);
        using var longs = new NativeArray<long>(10);
        Should.Throw<ArgumentException>(() => group.AllReduce(new DeviceBuffer(0, 5, ElementType.Float32))).Message.ShouldContain("5 elements");
        Should.Throw<ArgumentException>(() => group.AllGather(nine.Buffer, ten.Buffer)).Message.ShouldContain("the whole has 10");
        Should.Throw<ArgumentException>(() => group.AllGather(ten.Buffer, longs.Buffer)).Message.ShouldContain("differ in type");
        Should.Throw<ArgumentException>(() => group.ReduceScatter(ten.Buffer, nine.Buffer, ReduceOp.Sum, [10])).Message.ShouldContain("Rank 0's count is 10");
        Should.Throw<ArgumentException>(() => group.ReduceScatter(ten.Buffer, ten.Buffer, ReduceOp.Sum, [5, 5])).Message.ShouldContain("2 counts are given for 1 ranks");
        Should.Throw<ArgumentOutOfRangeException>(() => group.Broadcast(ten.Buffer, 1)).Message.ShouldContain("There are 1 ranks");
    }

    private static async Task RefusedAsync(TcpGroupOptions options, string text) =>
        (await Should.ThrowAsync<ArgumentException>(() => TcpGroup.ConnectAsync(options))).Message.ShouldContain(text);
}
