using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using MammutScale.Model;
using MammutScale.Training.Events;

namespace MammutScale.Training.Benchmarks;

/// <summary>Measures whole steps of one and of two worker processes, and of PyTorch DDP with Gloo where it is installed, in turn.</summary>
public sealed class ScalingBench(ScalingBenchOptions options)
{
    private const int World = 2;
    private static readonly string[] AllocatorVariables = ["LD_PRELOAD", "MALLOC_CONF", "GLIBC_TUNABLES"];

    /// <summary>The body of one worker's process, to be called with the arguments that <see cref="ScalingBenchOptions.StartRank"/> was given.</summary>
    /// <returns>The exit code.</returns>
    public static int RunRank(IReadOnlyList<string> args) => ScalingRank.Run(args, Console.In, Console.Out);

    public async Task<ScalingBenchReport> RunAsync(CancellationToken cancellation = default)
    {
        var ours = await StartAsync(cancellation);
        List<BenchProcess> peers = [], plainPeers = [];
        try
        {
            var about = await StartPeersAsync(peers, ownAllocator: false, cancellation);
            if (about is not null && await StartPeersAsync(plainPeers, ownAllocator: true, cancellation) is { } other) about = $"{about}; {other}";
            List<double> one = [], two = [], exposed = [], ddp = [], plain = [];
            var sweep = options.BucketMb.ToDictionary(mb => mb, _ => (Seconds: double.MaxValue, Exposed: 0.0));
            for (var round = 0; round < options.Rounds; round++)
            {
                await ours[0].TellAsync($"run alone {options.Steps}", cancellation);
                one.Add((await ours[0].NumbersAsync("step", cancellation))[0]);
                var together = await AllAsync(ours, $"run together {options.Steps}", cancellation);
                two.Add(together.Max(t => t[0]));
                exposed.Add(together.Max(t => t[1] / t[0]));
                if (about is not null) ddp.Add((await AllAsync(peers, $"run together {options.Steps}", cancellation)).Max(t => t[0]));
                if (plainPeers.Count > 0) plain.Add((await AllAsync(plainPeers, $"run together {options.Steps}", cancellation)).Max(t => t[0]));
                options.Log?.Invoke($"round {round}: one worker {one[^1]:0.000} s, two {two[^1]:0.000} s ({exposed[^1]:P1} exposed){(ddp.Count > 0 ? $", DDP {ddp[^1]:0.000} s" : "")}{(plain.Count > 0 ? $", with its own allocator {plain[^1]:0.000} s" : "")}");
                foreach (var mb in options.BucketMb) sweep[mb] = Faster(sweep[mb], await SweepAsync(ours, mb, cancellation));
                if (options.BucketMb.Count > 0 && round + 1 < options.Rounds) await BucketAsync(ours, null, cancellation);
            }

            return new ScalingBenchReport
            {
                Model = options.Model,
                SamplesPerSecondOne = options.Batch / one.Min(),
                SamplesPerSecondTwo = World * options.Batch / two.Min(),
                Efficiency2 = one.Min() / two.Min(),
                ExposedShare = exposed[two.IndexOf(two.Min())],
                Buckets = [.. options.BucketMb.Select(mb => new BucketFigures(mb, World * options.Batch / sweep[mb].Seconds, sweep[mb].Exposed))],
                DdpRatio = ddp.Count > 0 ? ddp.Min() / two.Min() : null,
                DdpPlainRatio = plain.Count > 0 ? plain.Min() / two.Min() : null,
                DdpPeer = about,
            };
        }
        finally
        {
            foreach (var process in ours.Concat(peers).Concat(plainPeers)) process.Dispose();
        }
    }

    private async Task<(double Seconds, double Exposed)> SweepAsync(List<BenchProcess> ranks, double mb, CancellationToken cancellation)
    {
        await BucketAsync(ranks, mb, cancellation);
        var together = await AllAsync(ranks, $"run together {options.Steps}", cancellation);
        var (seconds, exposed) = (together.Max(t => t[0]), together.Max(t => t[1] / t[0]));
        options.Log?.Invoke($"buckets of {mb} MB: two workers {seconds:0.000} s ({exposed:P1} exposed)");
        return (seconds, exposed);
    }

    private static (double Seconds, double Exposed) Faster((double Seconds, double Exposed) a, (double Seconds, double Exposed) b) => a.Seconds <= b.Seconds ? a : b;

    /// <summary>Other buckets are another layout: the ranks begin anew. Null: the default.</summary>
    private static async Task BucketAsync(List<BenchProcess> ranks, double? mb, CancellationToken cancellation)
    {
        var line = mb is { } size ? FormattableString.Invariant($"bucket {size}") : "bucket default";
        foreach (var rank in ranks) await rank.TellAsync(line, cancellation);
        foreach (var rank in ranks) await rank.HearAsync("ready", cancellation);
    }

    private static async Task<double[][]> AllAsync(List<BenchProcess> processes, string line, CancellationToken cancellation)
    {
        foreach (var process in processes) await process.TellAsync(line, cancellation);
        return await Task.WhenAll(processes.Select(p => p.NumbersAsync("step", cancellation)));
    }

    private async Task<List<BenchProcess>> StartAsync(CancellationToken cancellation)
    {
        var ranks = new List<BenchProcess>();
        for (var rank = 0; rank < World; rank++)
            ranks.Add(new BenchProcess(options.StartRank([$"{rank}", options.Model, $"{options.Batch}"]), $"Worker {rank} of the benchmark"));
        var ports = new List<string>();
        foreach (var rank in ranks) ports.Add(await rank.HearAsync("port", cancellation));
        var start = $"start {Convert.ToHexString(RandomNumberGenerator.GetBytes(32))} {string.Join(' ', ports)}";
        foreach (var rank in ranks) await rank.TellAsync(start, cancellation);
        foreach (var rank in ranks) await rank.HearAsync("ready", cancellation);
        return ranks;
    }

    /// <param name="peers">Where the processes go.</param>
    /// <param name="ownAllocator">As PyTorch is installed, instead of with our allocator's setting.</param>
    /// <returns>What the peer says of itself; null when it is not there.</returns>
    private async Task<string?> StartPeersAsync(List<BenchProcess> peers, bool ownAllocator, CancellationToken cancellation)
    {
        if (options.DdpScript is not { } script || !File.Exists(script) || !File.Exists(options.Python)) return null;
        var c = MammutConfig.Preset(options.Model);
        var shape = JsonSerializer.Serialize(new
        {
            batch = options.Batch,
            embed = c.EmbedDim,
            image = c.Vision.ImageSize,
            patch = c.Vision.PatchSize,
            vision_width = c.Vision.Width,
            vision_layers = c.Vision.Layers,
            vision_heads = c.Vision.Heads,
            context = c.Text.ContextLength,
            vocab = c.Text.VocabSize,
            text_width = c.Text.Width,
            text_layers = c.Text.Layers,
            text_heads = c.Text.Heads,
            cross_every = c.Text.CrossAttentionRatio,
        });
        var port = FreePort();
        try
        {
            for (var rank = 0; rank < World; rank++)
            {
                var start = new ProcessStartInfo(options.Python, [script, $"{rank}", $"{World}", port, shape]) { Environment = { ["GLOO_SOCKET_IFNAME"] = "lo", ["OMP_NUM_THREADS"] = "1" } };
                foreach (var variable in ownAllocator ? AllocatorVariables : []) start.Environment.Remove(variable);
                peers.Add(new BenchProcess(start, $"DDP rank {rank}"));
            }

            var about = "";
            foreach (var peer in peers) about = await peer.HearAsync("ready", cancellation);
            return about;
        }
        catch (TrainingException e)
        {
            options.Log?.Invoke($"No figures for DDP: {e.Message}");
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
