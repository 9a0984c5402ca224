using System.Net;
using System.Net.Sockets;
using MammutScale.Collectives.Tcp.Algorithms;
using MammutScale.Collectives.Tcp.Joining;
using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests.Faults;

/// <summary>A peer that joins properly, and then sends what it likes.</summary>
public sealed class GarbageTests
{
    private const int Count = 100_000;

    [Fact]
    public async Task Rank_FailsByName_WhenGarbageComesInsteadOfAnOperation()
    {
        using var peer = new CrookedPeer();
        using var group = await peer.JoinedByAsync();
        using var values = new NativeArray<float>(Count);
        var work = group.AllReduce(values.Buffer);
        peer.Send(0, [.. Enumerable.Repeat((byte)0x5A, 4096)]);
        Expect(work, "sent garbage where operation 1 begins");
    }

    [Fact]
    public async Task Rank_FailsByName_WhenBytesAreSlippedIntoTheData()
    {
        using var peer = new CrookedPeer();
        using var group = await peer.JoinedByAsync();
        using var values = new NativeArray<float>(Count);
        var work = group.AllReduce(values.Buffer);
        // echoing is what a peer with equal values would send: both lanes' streams are valid until the extra bytes
        byte[] echo = peer.Receive(0, OperationHeader.Bytes + 1000);
        peer.Send(0, echo);
        peer.Send(0, [1, 2, 3]);
        byte[] rest = peer.Receive(0, (Count * sizeof(float)) - 1000 + OperationHeader.Bytes, echoTo: 0);
        rest.Length.ShouldBe((Count * sizeof(float)) - 1000 + OperationHeader.Bytes);
        Expect(work, "sent garbage where operation 1 ends");
    }

    [Fact]
    public async Task Operation_Succeeds_WhenThePeerEchoesFaithfully()
    {
        using var peer = new CrookedPeer();
        using var group = await peer.JoinedByAsync();
        using var values = new NativeArray<float>(Count);
        var work = group.AllReduce(values.Buffer);
        peer.Receive(0, (Count * sizeof(float)) + (2 * OperationHeader.Bytes), echoTo: 0);
        work.Wait();
    }

    [Fact]
    public async Task Rank_FailsByName_WhenTheControlConnectionCarriesGarbage()
    {
        using var peer = new CrookedPeer();
        using var group = await peer.JoinedByAsync();
        peer.SendControl([.. Enumerable.Repeat((byte)0xFF, 64)]);
        var failure = await group.Failed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        failure.FailedRank.ShouldBe(1);
        failure.Message.ShouldContain("garbage on its control connection");
    }

    [Fact]
    public async Task Rank_FailsByName_WhenTheDataConnectionBreaksInTheMiddle()
    {
        using var peer = new CrookedPeer();
        using var group = await peer.JoinedByAsync();
        using var values = new NativeArray<float>(Count);
        var work = group.AllReduce(values.Buffer);
        peer.Receive(0, 50_000, echoTo: 0);
        peer.Close(0);
        Should.Throw<CollectiveException>(work.Wait).FailedRank.ShouldBe(1);
    }

    private static void Expect(ICollectiveWork work, string text)
    {
        var failure = Should.Throw<CollectiveException>(work.Wait);
        failure.FailedRank.ShouldBe(1);
        failure.Message.ShouldContain(text);
    }

    /// <summary>Rank 1 of 2 by hand: it knows the secret and the handshake, and nothing else.</summary>
    private sealed class CrookedPeer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _sockets = [];

        public CrookedPeer() => _listener.Start();

        public async Task<TcpGroup> JoinedByAsync()
        {
            using var unused = TcpRendezvousListener.Bind("127.0.0.1");
            var joining = TcpGroup.ConnectAsync(new TcpGroupOptions
            {
                Rank = 0,
                EndPoints = [unused.EndPoint, (IPEndPoint)_listener.LocalEndpoint],
                Secret = Groups.Secret,
                Generation = 1,
                Listener = unused,
                SocketsPerPeer = 1,
                SharedMemory = false,
            });
            Greet();
            SkipOffer();
            Greet();
            return await joining;
        }

        public void Send(int lane, byte[] bytes) => _sockets[1 + lane].Send(bytes);

        public void SendControl(byte[] bytes) => _sockets[0].Send(bytes);

        public void Close(int lane) => _sockets[1 + lane].Dispose();

        public byte[] Receive(int lane, int bytes, int echoTo = -1)
        {
            var all = new byte[bytes];
            for (int received = 0; received < bytes;)
            {
                int more = _sockets[1 + lane].Receive(all.AsSpan(received));
                if (more == 0) throw new InvalidOperationException("the rank closed its connection");
                if (echoTo >= 0) _sockets[1 + echoTo].Send(all.AsSpan(received, more));
                received += more;
            }
            return all;
        }

        public void Dispose()
        {
            _sockets.ForEach(socket => socket.Dispose());
            _listener.Dispose();
        }

        private void Greet()
        {
            var socket = _listener.AcceptSocket();
            var deadline = NewDeadline();
            var hello = Handshake.ReceiveHello((int)socket.Handle, deadline);
            Handshake.Challenge((int)socket.Handle, hello, Groups.Secret, deadline);
            _sockets.Add(socket);
        }

        private void SkipOffer()
        {
            Wire.Receive((int)_sockets[0].Handle, new byte[SharedMemoryOffer.Bytes], NewDeadline());
            SendControl([0]);
        }

        private static Deadline NewDeadline() => new(TimeProvider.System, TimeSpan.FromSeconds(10), CancellationToken.None);
    }
}
