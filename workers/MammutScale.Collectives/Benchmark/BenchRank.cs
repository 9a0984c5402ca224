using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Benchmark;

/// <summary>One rank of the benchmark, in its own process; speaks the lines that <see cref="Contestants"/> expects.</summary>
internal sealed unsafe class BenchRank : IDisposable
{
    public const string SharedMemory = "shared-memory";
    public const string Tcp = "tcp";
    public const string Limit = "limit";

    // the runtime compiles what it has seen often enough once more, and better: a run of days is measured, not its first second
    private const long WarmUpBytes = 1_000_000;
    private const int WarmUpRepetitions = 50;

    private readonly TcpGroup _shared;
    private readonly TcpGroup _tcp;
    private readonly PlainRing _plain;
    private float* _values;
    private long _bytes;

    private BenchRank(TcpGroup shared, TcpGroup tcp, PlainRing plain) => (_shared, _tcp, _plain) = (shared, tcp, plain);

    public static int Run(IReadOnlyList<string> args, TextReader input, TextWriter output)
    {
        int rank = int.Parse(args[0], CultureInfo.InvariantCulture);
        using var listener = TcpRendezvousListener.Bind("127.0.0.1");
        output.WriteLine($"port {listener.Port}");
        output.Flush();
        if (input.ReadLine()?.Split(' ') is not ["start", var secret, .. var ports]) return 2;
        using var bench = Connect(rank, ports, Convert.FromHexString(secret), listener);
        foreach (string what in new[] { SharedMemory, Tcp, Limit }) bench.Measure(what, WarmUpBytes, WarmUpRepetitions);
        output.WriteLine("ready");
        output.Flush();
        while (input.ReadLine()?.Split(' ') is ["run", var what, var bytes, var repetitions])
        {
            var times = bench.Measure(what, long.Parse(bytes, CultureInfo.InvariantCulture), int.Parse(repetitions, CultureInfo.InvariantCulture));
            output.WriteLine($"ms {string.Join(' ', times.Select(t => t.ToString("0.0000", CultureInfo.InvariantCulture)))}");
            output.Flush();
        }
        return 0;
    }

    public void Dispose()
    {
        _shared.Dispose();
        _tcp.Dispose();
        _plain.Dispose();
        NativeMemory.AlignedFree(_values);
    }

    private static BenchRank Connect(int rank, string[] ports, byte[] secret, TcpRendezvousListener listener)
    {
        var options = new TcpGroupOptions
        {
            Rank = rank,
            EndPoints = [.. ports.Select(port => new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)))],
            Secret = secret,
            Generation = 1,
            Listener = listener,
        };
        // a program without a synchronization context: blocking here cannot deadlock
        var shared = TcpGroup.ConnectAsync(options).GetAwaiter().GetResult();
        var tcp = TcpGroup.ConnectAsync(options with { Generation = 2, SharedMemory = false }).GetAwaiter().GetResult();
        return new BenchRank(shared, tcp, PlainRing.Connect(shared));
    }

    private List<double> Measure(string what, long bytes, int repetitions)
    {
        if (_bytes < bytes)
        {
            NativeMemory.AlignedFree(_values);
            _values = (float*)NativeMemory.AlignedAlloc((nuint)bytes, 4096);
            _bytes = bytes;
        }
        var buffer = new DeviceBuffer((nint)_values, bytes / sizeof(float), ElementType.Float32);
        var group = what == SharedMemory ? _shared : _tcp;
        var times = new List<double>();
        for (int i = 0; i <= repetitions; i++)
        {
            new Span<float>(_values, (int)buffer.Count).Fill(1);
            group.Barrier().Wait();
            long begin = Stopwatch.GetTimestamp();
            if (what == Limit) _plain.Exchange((byte*)_values, 2 * (group.WorldSize - 1) * bytes / group.WorldSize);
            else group.AllReduce(buffer).Wait();
            // the first one warms up
            if (i > 0) times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            if (what != Limit && (_values[0] != group.WorldSize || _values[buffer.Count - 1] != group.WorldSize))
                throw new CollectiveException($"The sum is wrong: {_values[0]} instead of {group.WorldSize}.", group.Rank);
        }
        return times;
    }
}
