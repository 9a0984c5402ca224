using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests.Faults;

/// <summary>Who is let into a group, who is not, and what each of them is told.</summary>
public sealed class JoiningTests : IDisposable
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TcpRendezvousListener[] _listeners;

    public JoiningTests() => _listeners = [.. Enumerable.Range(0, 2).Select(_ => TcpRendezvousListener.Bind("127.0.0.1", log: _log.Enqueue, handshakeTimeout: TimeSpan.FromSeconds(1)))];

    public void Dispose()
    {
        foreach (var listener in _listeners) listener.Dispose();
    }

    [Fact]
    public async Task Listener_ServesOneGenerationAfterTheOther()
    {
        for (long generation = 1; generation <= 3; generation++)
        {
            var groups = await Task.WhenAll(JoinAsync(0, generation), JoinAsync(1, generation));
            var works = groups.Select(group => group.Barrier()).ToList();
            works.ForEach(work => work.Wait());
            foreach (var group in groups) group.Dispose();
        }
    }

    [Fact]
    public async Task Joining_Waits_WhenTheOtherRankIsStillInAnOlderGeneration()
    {
        var (oldA, oldB) = (JoinAsync(0, 1), JoinAsync(1, 1));
        using var a = await oldA;
        using var b = await oldB;
        var early = JoinAsync(0, 2);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        early.IsCompleted.ShouldBeFalse();
        using var late = await JoinAsync(1, 2);
        (await early).Dispose();
    }

    [Fact]
    public async Task Zombie_IsRefusedAndNamed_WhenItsGenerationIsOver()
    {
        var (currentA, currentB) = (JoinAsync(0, 5), JoinAsync(1, 5));
        using var a = await currentA;
        using var b = await currentB;
        using var zombieListener = TcpRendezvousListener.Bind("127.0.0.1");
        var failure = await Should.ThrowAsync<CollectiveException>(() => JoinAsync(0, 4, listener: zombieListener));
        failure.FailedRank.ShouldBe(0);
        failure.Message.ShouldContain("older generation");
        await LogAsync("calls itself rank 0 of generation 4");
    }

    [Fact]
    public async Task Process_CannotGoBack_ToAnOlderGeneration()
    {
        var (currentA, currentB) = (JoinAsync(0, 5), JoinAsync(1, 5));
        using var a = await currentA;
        using var b = await currentB;
        (await Should.ThrowAsync<CollectiveException>(() => JoinAsync(1, 4))).Message.ShouldContain("already in generation 5");
    }

    [Fact]
    public async Task Impostor_IsRefusedAndNamed_WhenItDoesNotKnowTheSecret()
    {
        var honest = JoinAsync(1, 1);
        var failure = await Should.ThrowAsync<CollectiveException>(() => JoinAsync(0, 1, secret: new byte[32]));
        failure.Message.ShouldContain("does not know the generation's secret");
        await LogAsync("does not know the generation's secret");
        // the rightful rank is still let in
        using var rightful = await JoinAsync(0, 1);
        (await honest).Dispose();
    }

    [Fact]
    public async Task Rank_IsNotFooled_WhenItsPeerDoesNotKnowTheSecret()
    {
        var impostor = JoinAsync(1, 1, secret: new byte[32], timeout: 3);
        (await Should.ThrowAsync<CollectiveException>(() => JoinAsync(0, 1))).FailedRank.ShouldBe(1);
        (await Should.ThrowAsync<CollectiveException>(() => impostor)).FailedRank.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("MAMMUTc1")]
    [InlineData("x")]
    public async Task Stranger_IsRefusedAndNamed_WhenItSendsGarbage(string garbage)
    {
        using var stranger = new TcpClient(AddressFamily.InterNetwork);
        await stranger.ConnectAsync(_listeners[0].EndPoint, TestContext.Current.CancellationToken);
        await stranger.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(garbage), TestContext.Current.CancellationToken);
        await LogAsync($"Refused a connection from {stranger.Client.LocalEndPoint}");
        _listeners[0].Refused.ShouldBe(1);
        // and it did no harm
        var (joiningA, joiningB) = (JoinAsync(0, 1), JoinAsync(1, 1));
        using var a = await joiningA;
        using var b = await joiningB;
    }

    [Fact]
    public async Task MissingRank_IsNamed_WhenItNeverComes()
    {
        var failure = await Should.ThrowAsync<CollectiveException>(() => JoinAsync(1, 1, timeout: 0.3));
        failure.FailedRank.ShouldBe(0);
        failure.Message.ShouldContain("did not connect");
        _listeners[1].Dispose();
        failure = await Should.ThrowAsync<CollectiveException>(() => JoinAsync(0, 1, timeout: 0.3));
        failure.FailedRank.ShouldBe(1);
        failure.Message.ShouldContain("could not be reached");
    }

    [Fact]
    public async Task Settings_MustBeTheSame_OnAllRanks()
    {
        var other = JoinAsync(1, 1, timeout: 2);
        (await Should.ThrowAsync<CollectiveException>(() => JoinAsync(0, 1, sockets: 5))).Message.ShouldContain("SocketsPerPeer");
        await Should.ThrowAsync<CollectiveException>(() => other);
    }

    [Fact]
    public async Task Joining_Ends_WhenCancelled()
    {
        using var stop = new CancellationTokenSource();
        var joining = JoinAsync(1, 1, cancellation: stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => joining);
    }

    [Fact]
    public void Bind_NamesInterfaces_WhenThereIsNoSuchOne() =>
        Should.Throw<CollectiveException>(() => TcpRendezvousListener.Bind("nosuch0")).Message.ShouldContain("there are lo 127.0.0.1");

    [Theory]
    [InlineData("127.0.0.0/8")]
    [InlineData("lo")]
    [InlineData("::1")]
    public void Bind_FindsTheAddress_OfInterfacesAndNetworks(string wanted)
    {
        using var listener = TcpRendezvousListener.Bind(wanted);
        IPAddress.IsLoopback(listener.EndPoint.Address).ShouldBeTrue();
        listener.Port.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Bind_SaysSo_WhenThePortIsTaken() =>
        Should.Throw<CollectiveException>(() => TcpRendezvousListener.Bind("127.0.0.1", _listeners[0].Port)).Message.ShouldContain($"Cannot listen on 127.0.0.1:{_listeners[0].Port}");

    [Fact]
    public async Task Bind_ServesEveryAddress_WhenNoneIsNamed()
    {
        using var listener = TcpRendezvousListener.Bind(log: _log.Enqueue);
        foreach (var family in new[] { IPAddress.Loopback, listener.EndPoint.Address })
        {
            using var stranger = new TcpClient(family.AddressFamily);
            await stranger.ConnectAsync(family, listener.Port, TestContext.Current.CancellationToken);
            await stranger.GetStream().WriteAsync(new byte[8], TestContext.Current.CancellationToken);
        }
        for (int i = 0; i < 500 && listener.Refused < 2; i++) await Task.Delay(10, TestContext.Current.CancellationToken);
        listener.Refused.ShouldBe(2);
    }

    private Task<TcpGroup> JoinAsync(
        int rank, long generation, byte[]? secret = null, double timeout = 20, int sockets = 2, TcpRendezvousListener? listener = null, CancellationToken cancellation = default) =>
        TcpGroup.ConnectAsync(
            new TcpGroupOptions
            {
                Rank = rank,
                EndPoints = [.. _listeners.Select(l => l.EndPoint)],
                Secret = secret ?? Groups.Secret,
                Generation = generation,
                Listener = listener ?? _listeners[rank],
                ConnectTimeout = TimeSpan.FromSeconds(timeout),
                SocketsPerPeer = sockets,
                SharedMemory = false,
            },
            cancellation);

    private async Task LogAsync(string text)
    {
        for (int i = 0; i < 500 && !_log.Any(line => line.Contains(text, StringComparison.Ordinal)); i++) await Task.Delay(10, TestContext.Current.CancellationToken);
        _log.ShouldContain(line => line.Contains(text, StringComparison.Ordinal));
    }
}
