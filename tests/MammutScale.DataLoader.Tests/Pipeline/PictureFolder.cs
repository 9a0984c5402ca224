using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Samples;
using MammutScale.DataLoader.Text;
using MammutScale.DataLoader.Tests.Samples;
using MammutScale.Storage;
using OpenCvSharp;

namespace MammutScale.DataLoader.Tests.Pipeline;

/// <summary>A folder of Parquet files with small pictures, one caption or several, and whatever faults a test asks for.</summary>
internal sealed class PictureFolder : IDisposable
{
    internal const int Size = 16, Context = 12;

    private static readonly Lazy<ITextTokenizer> Words = new(() => TokenizerCatalog.Open(Path.Combine(ShippedSamples.Folder, "tokenizer.json")));

    internal static ITextTokenizer Tokenizer => Words.Value;

    internal string Folder { get; } = Directory.CreateTempSubdirectory("mammut-pictures-").FullName;

    /// <summary>Writes <paramref name="rows"/> rows over some files; <paramref name="spoil"/> may change a row.</summary>
    internal static async Task<PictureFolder> WriteAsync(int rows, int files = 3, int rowsPerGroup = 7, Func<PictureRow, PictureRow>? spoil = null, string media = "png")
    {
        var folder = new PictureFolder();
        var table = new TableWriter<PictureRow>(
            [
                new TextColumn<PictureRow>("key", r => $"{r.Number:D9}"),
                new TextListColumn<PictureRow>("captions", r => r.Captions),
                new TextColumn<PictureRow>("status", r => r.Status),
                new BytesColumn<PictureRow>(media, r => r.Picture),
            ], new Dictionary<string, string>());
        PictureRow[] all = [.. Enumerable.Range(0, rows).Select(n => new PictureRow(n, [$"{n} red object", $"the {n} thing"], Picture(n), "success")).Select(r => spoil?.Invoke(r) ?? r)];
        await table.WriteAsync(folder.Folder, all, files, rowsPerGroup, default);
        return folder;
    }

    internal Task<LoaderSource> OpenAsync(string name = "test")
    {
        var store = BlobStores.Open(Folder);
        string[] keys = [.. Directory.GetFiles(Folder, "*.parquet").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        return LoaderSource.OpenAsync(name, [.. keys.Select(k => (store, k))]);
    }

    internal static LoaderOptions Options(int threads = 2, int prefetch = 2) => new()
    {
        Picture = new PictureOptions { Size = Size, View = new RandomCrop { MinArea = 0.3, Mirror = true }, Colour = new ColourJitter { Brightness = 0.2 } },
        Tokenizer = Tokenizer,
        ContextLength = Context,
        DecodeThreads = threads,
        Prefetch = prefetch,
    };

    internal static DataPlan Plan(LoaderSource source, int globalBatch = 12, int lanes = 6, ulong seed = 5) =>
        new(new PlanOptions { GlobalBatch = globalBatch, Lanes = lanes, Seed = seed, ShuffleRows = 20 }, source.Plan);

    internal static RankLoader Load(LoaderSource source, DataPlan plan, LoaderOptions options, long start = 0, int rank = 0, int world = 1) =>
        new(plan, [source], new World(plan.Options.Lanes, world).LanesOf(rank), start, options);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static byte[] Picture(int number)
    {
        using var picture = new Mat(24, 32, MatType.CV_8UC3, new Scalar(number % 256, number * 7 % 256, 255 - (number % 256)));
        Cv2.Circle(picture, new Point(number % 32, number % 24), 5, new Scalar(0, 255, number % 200), -1);
        Cv2.ImEncode(".png", picture, out byte[] png);
        return png;
    }
}

internal sealed record PictureRow(int Number, IReadOnlyList<string> Captions, byte[]? Picture, string Status);

/// <summary>What a batch holds, copied out of its buffers.</summary>
internal sealed record BatchCopy(long Step, SampleId[] Samples, float[] Images, long[] Tokens, int[] Lengths)
{
    internal static BatchCopy Take(IBatchStream stream)
    {
        using var batch = stream.Next(TestContext.Current.CancellationToken);
        return Of(batch);
    }

    internal static BatchCopy Of(Batch batch) =>
        new(batch.Step, [.. batch.Samples], [.. Enumerable.Range(0, batch.Count).SelectMany(i => batch.Media(i).ToArray())], batch.Tokens.ToArray(), [.. batch.Lengths]);

    internal void ShouldEqual(BatchCopy other)
    {
        Step.ShouldBe(other.Step);
        Samples.ShouldBe(other.Samples);
        Lengths.ShouldBe(other.Lengths);
        Tokens.ShouldBe(other.Tokens);
        Images.AsSpan().SequenceEqual(other.Images).ShouldBeTrue($"pictures of step {Step}");
    }
}
