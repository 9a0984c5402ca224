using System.Diagnostics;
using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>
/// The loader against its limit, a loop on the same threads that only decodes pictures lying in memory, and against PyTorch's
/// DataLoader with Pillow: same pictures, same threads, same minute.
/// </summary>
public static class LoaderBench
{
    private const int Batch = 64, Context = 16, Prefetch = 3;

    public static async Task<LoaderBenchResult> RunAsync(LoaderBenchOptions options, CancellationToken cancellation = default)
    {
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        byte[][] pictures = BenchPictures.Make(options.Pictures);
        string folder = Directory.CreateTempSubdirectory("mammut-bench-loader-").FullName;
        try
        {
            var files = await BenchPictures.WriteAsync(folder, pictures, cancellation).ConfigureAwait(false);
            var store = BlobStores.Open(folder);
            using var source = await LoaderSource.OpenAsync("bench", [.. files.Select(f => (store, Path.GetFileName(f)))], cancellation: cancellation).ConfigureAwait(false);
            List<double> loader = [], limit = [], around = [];
            using var stream = Open(options, source, threads);
            // The first round pays for compilation and for memory that is touched for the first time: it is not counted.
            for (int round = 0; round <= options.Rounds; round++)
            {
                Settle(stream);
                double l = Limit(options, pictures, threads), s = Loader(options, stream, cancellation);
                if (round == 0) continue;
                limit.Add(l);
                loader.Add(s);
            }
            // The machine may be busier or quieter by now: the peer is compared with rounds right before and after it.
            around.Add(Loader(options, stream, cancellation));
            Settle(stream);
            var (peer, missing) = await LoaderPeer.RunAsync(options, pictures, threads, folder, cancellation).ConfigureAwait(false);
            if (peer is not null) around.Add(Loader(options, stream, cancellation));
            double samples = Median(loader), top = Median(limit);
            return new(samples, samples / top, around.Average() / peer, top, peer, missing, threads, pictures.Average(p => p.Length));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PictureOptions Picture(LoaderBenchOptions options) => new() { Size = options.Size, View = new RandomCrop { Mirror = true } };

    private static double Limit(LoaderBenchOptions options, byte[][] pictures, int threads)
    {
        int next = -1;
        var watch = Stopwatch.StartNew();
        Thread[] loops = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            var decoder = new PictureDecoder(Picture(options));
            float[] planes = new float[3 * options.Size * options.Size];
            for (int i = Interlocked.Increment(ref next); i < pictures.Length; i = Interlocked.Increment(ref next))
                if (!decoder.Decode(pictures[i], (ulong)i, planes).Ok) throw new UnreachableException("a picture that was just made");
        }))];
        foreach (var loop in loops) loop.Start();
        foreach (var loop in loops) loop.Join();
        return pictures.Length / watch.Elapsed.TotalSeconds;
    }

    private static RankLoader Open(LoaderBenchOptions options, LoaderSource source, int threads)
    {
        var plan = new DataPlan(new PlanOptions { GlobalBatch = Batch, Lanes = 16, Seed = 3 }, source.Plan);
        return new RankLoader(plan, [source], new LaneRange(0, 16), 0, new LoaderOptions
        {
            Picture = Picture(options),
            Tokenizer = options.Tokenizer,
            ContextLength = Context,
            DecodeThreads = threads,
            Prefetch = Prefetch,
        });
    }

    private static double Loader(LoaderBenchOptions options, RankLoader loader, CancellationToken cancellation)
    {
        // What was made while the limit was measured is not counted.
        for (int i = 0; i <= Prefetch; i++) loader.Next(cancellation).Dispose();
        long already = loader.Snapshot().Samples;
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < Math.Max(1, options.Pictures / Batch); i++) loader.Next(cancellation).Dispose();
        return (loader.Snapshot().Samples - already) / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Waits until the loader has filled its queue and rests: it must not take cores from what is measured next.</summary>
    private static void Settle(RankLoader loader) => SpinWait.SpinUntil(() => loader.Snapshot().Deliver.Queued == Prefetch);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
