using System.Net.Sockets;

namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>The group of one generation while it forms: which connections have come in.</summary>
internal sealed class Formation(TcpGroupOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Arrival> _arrivals = Neighbours.Of(options.Rank, options.World)
        .Where(rank => rank < options.Rank)
        .ToDictionary(rank => rank, rank => new Arrival(1 + Joiner.LanesTo(rank, options)));

    public long Generation => options.Generation;

    public ReadOnlyMemory<byte> Secret => options.Secret;

    public bool IsOver { get; private set; }

    /// <summary>Why a hello does not fit; <see cref="Refusal.None"/> when it does.</summary>
    public Refusal Examine(in Hello hello)
    {
        if (hello.World != options.World || hello.Lanes != options.Lanes) return Refusal.OtherSettings;
        if (hello.To != options.Rank || IsOver || !_arrivals.TryGetValue(hello.From, out var arrival)) return Refusal.NotExpected;
        return hello.Lane >= Hello.Control && hello.Lane + 1 < arrival.Sockets.Length ? Refusal.None : Refusal.NotExpected;
    }

    /// <summary>Takes a connection whose other side has proven itself. One that came before for the same place gives way.</summary>
    public void Deliver(in Hello hello, Socket socket)
    {
        lock (_gate)
        {
            var arrival = _arrivals[hello.From];
            ref var place = ref arrival.Sockets[hello.Lane + 1];
            if (IsOver || arrival.Control.Task.IsCompleted && hello.Lane == Hello.Control || arrival.Lanes.Task.IsCompleted)
            {
                socket.Dispose();
                return;
            }
            place?.Dispose();
            place = socket;
            if (hello.Lane == Hello.Control) arrival.Control.TrySetResult(socket);
            else if (Array.TrueForAll(arrival.Sockets, s => s is not null)) arrival.Lanes.TrySetResult(arrival.Sockets[1..]!);
        }
    }

    /// <summary>The control connection of a rank.</summary>
    public Task<Socket> ControlOf(int rank) => _arrivals[rank].Control.Task;

    /// <summary>Its data connections, when all are there.</summary>
    public Task<Socket[]> LanesOf(int rank) => _arrivals[rank].Lanes.Task;

    /// <summary>Nothing more is taken. What has come and was not fetched is closed.</summary>
    public void End(bool failed)
    {
        lock (_gate)
        {
            IsOver = true;
            if (!failed) return;
            foreach (var arrival in _arrivals.Values)
            {
                foreach (var socket in arrival.Sockets) socket?.Dispose();
            }
        }
    }

    private sealed class Arrival(int connections)
    {
        public Socket?[] Sockets { get; } = new Socket?[connections];

        public TaskCompletionSource<Socket> Control { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<Socket[]> Lanes { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
