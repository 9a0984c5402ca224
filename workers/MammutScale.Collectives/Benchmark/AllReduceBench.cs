using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MammutScale.Collectives.Benchmark;

/// <summary>
/// Measures all-reduce between processes against plain loopback sockets and against Gloo, all in the same minutes: the
/// candidates take turns, so that whatever else the machine does meets all of them.
/// </summary>
public sealed class AllReduceBench(AllReduceBenchOptions options)
{
    private const long ShownBytes = 25_000_000;

    /// <summary>The body of one rank's process: to be called with the arguments that <see cref="AllReduceBenchOptions.StartRank"/> was given.</summary>
    /// <returns>The exit code.</returns>
    public static int RunRank(IReadOnlyList<string> args) => BenchRank.Run(args, Console.In, Console.Out);

    public async Task<AllReduceReport> RunAsync(CancellationToken cancellation = default)
    {
        var rows = new List<AllReduceRow>();
        foreach (int world in options.Worlds) await MeasureAsync(world, rows, cancellation).ConfigureAwait(false);
        var shown = rows.FirstOrDefault(row => row is { World: 2, Bytes: ShownBytes, Transport: BenchRank.SharedMemory }) ?? rows[0];
        return new AllReduceReport(shown.GlooRatio, shown.LimitRatio, rows);
    }

    private async Task MeasureAsync(int world, List<AllReduceRow> rows, CancellationToken cancellation)
    {
        using var ours = await StartAsync(world, cancellation).ConfigureAwait(false);
        using var gloo = await StartGlooAsync(world, cancellation).ConfigureAwait(false);
        foreach (long bytes in options.Sizes)
        {
            double limit = double.MaxValue, shared = double.MaxValue, tcp = double.MaxValue, peer = double.MaxValue;
            for (int round = 0; round < options.Rounds; round++)
            {
                limit = Math.Min(limit, await ours.MeasureAsync(BenchRank.Limit, bytes, options.Repetitions, cancellation).ConfigureAwait(false));
                shared = Math.Min(shared, await ours.MeasureAsync(BenchRank.SharedMemory, bytes, options.Repetitions, cancellation).ConfigureAwait(false));
                tcp = Math.Min(tcp, await ours.MeasureAsync(BenchRank.Tcp, bytes, options.Repetitions, cancellation).ConfigureAwait(false));
                if (gloo is not null) peer = Math.Min(peer, await gloo.MeasureAsync("gloo", bytes, options.Repetitions, cancellation).ConfigureAwait(false));
            }
            rows.Add(Row(world, bytes, BenchRank.SharedMemory, shared, limit, gloo is null ? null : peer));
            rows.Add(Row(world, bytes, BenchRank.Tcp, tcp, limit, gloo is null ? null : peer));
            options.Log?.Invoke(rows[^2].Sentence);
            options.Log?.Invoke(rows[^1].Sentence);
        }
    }

    private static AllReduceRow Row(int world, long bytes, string transport, double ms, double limit, double? gloo) => new(
        world, bytes, transport, Math.Round(ms, 3), Math.Round(bytes / ms / 1e6, 3), Math.Round(bytes / ms / 1e6 * 2 * (world - 1) / world, 3),
        Math.Round(limit, 3), Math.Round(limit / ms, 3), gloo is { } g ? Math.Round(g, 3) : null, gloo is { } t ? Math.Round(t / ms, 3) : null);

    private async Task<Contestants> StartAsync(int world, CancellationToken cancellation)
    {
        var contestants = new Contestants();
        try
        {
            for (int rank = 0; rank < world; rank++) contestants.Add(options.StartRank([$"{rank}"]));
            var ports = new List<string>();
            for (int rank = 0; rank < world; rank++) ports.Add(await contestants.HearAsync(rank, "port", cancellation).ConfigureAwait(false));
            string start = $"start {Convert.ToHexString(RandomNumberGenerator.GetBytes(32))} {string.Join(' ', ports)}";
            for (int rank = 0; rank < world; rank++) await contestants.TellAsync(rank, start).ConfigureAwait(false);
            for (int rank = 0; rank < world; rank++) await contestants.HearAsync(rank, "ready", cancellation).ConfigureAwait(false);
            return contestants;
        }
        catch
        {
            contestants.Dispose();
            throw;
        }
    }

    private async Task<Contestants?> StartGlooAsync(int world, CancellationToken cancellation)
    {
        if (options.GlooScript is null || !File.Exists(options.GlooScript) || !File.Exists(options.Python)) return null;
        string port = FreePort();
        var contestants = new Contestants();
        try
        {
            for (int rank = 0; rank < world; rank++)
            {
                contestants.Add(new ProcessStartInfo(options.Python, [options.GlooScript, $"{rank}", world.ToString(CultureInfo.InvariantCulture), port])
                {
                    Environment = { ["GLOO_SOCKET_IFNAME"] = "lo" },
                });
            }
            for (int rank = 0; rank < world; rank++) await contestants.HearAsync(rank, "ready", cancellation).ConfigureAwait(false);
            return contestants;
        }
        catch (CollectiveException e)
        {
            contestants.Dispose();
            options.Log?.Invoke($"No figures for Gloo: {e.Message}");
            return null;
        }
    }

    private static string FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"{((IPEndPoint)socket.LocalEndPoint!).Port}";
    }
}
