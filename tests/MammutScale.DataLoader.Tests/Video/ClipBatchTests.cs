using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Pipeline;
using MammutScale.DataLoader.Pipeline.Rows;
using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Tests.Pipeline;
using MammutScale.DataLoader.Video;
using MammutScale.DataLoader.Video.Sampling;

namespace MammutScale.DataLoader.Tests.Video;

public sealed class ClipBatchTests
{
    private const int Frames = 4, FloatsAFrame = 3 * PictureFolder.Size * PictureFolder.Size;

    private static LoaderOptions Options { get; } = PictureFolder.Options() with
    {
        Picture = new PictureOptions { Size = PictureFolder.Size, View = new WholePicture { Stretch = true }, Normalisation = Normalisation.ZeroToOne },
        Clip = new ClipOptions { Frames = Frames, Sampling = new SpreadFrames { Jitter = true } },
        MaxBadShare = 1,
    };

    [Fact]
    public async Task ABatchHoldsTheDrawnFramesOfItsClips()
    {
        using var folder = await ClipsAsync();
        using var source = await folder.OpenAsync();
        var plan = PictureFolder.Plan(source);
        using var loader = PictureFolder.Load(source, plan, Options);
        using var batch = loader.Next(TestContext.Current.CancellationToken);
        (batch.Count, batch.Frames, batch.Images.Length).ShouldBe((12, Frames, 12 * Frames * FloatsAFrame));
        batch.FrameCounts.ShouldAllBe(count => count == Frames);
        for (int i = 0; i < batch.Count; i++)
        {
            var id = batch.Samples[i];
            int row = (id.RowGroup * 7) + id.Row;
            long[] expected = new long[Frames];
            new SpreadFrames { Jitter = true }.Choose(Length(row), Keys.OfSample(plan.Options.Seed, id, 0), expected);
            Enumerable.Range(0, Frames).Select(f => (long)Clips.Number(batch.Images.Span.Slice(((i * Frames) + f) * FloatsAFrame, FloatsAFrame), PictureFolder.Size)).ShouldBe(expected, $"row {row}");
        }
    }

    [Fact]
    public async Task ClipsAreTheSame_ForAnyNumberOfThreadsAndRanks()
    {
        using var folder = await ClipsAsync(spoiled: [4, 9]);
        using var source = await folder.OpenAsync();
        var plan = PictureFolder.Plan(source);
        using var one = PictureFolder.Load(source, plan, Options with { DecodeThreads = 1, Prefetch = 1 });
        using var left = PictureFolder.Load(source, plan, Options with { DecodeThreads = 3 }, rank: 0, world: 2);
        using var right = PictureFolder.Load(source, plan, Options with { DecodeThreads = 2 }, rank: 1, world: 2);
        for (int step = 0; step < 4; step++)
        {
            BatchCopy a = BatchCopy.Take(left), b = BatchCopy.Take(right);
            new BatchCopy(step, [.. a.Samples, .. b.Samples], [.. a.Images, .. b.Images], [.. a.Tokens, .. b.Tokens], [.. a.Lengths, .. b.Lengths]).ShouldEqual(BatchCopy.Take(one));
        }
    }

    [Fact]
    public async Task BadClipsAreReplacedAndListed()
    {
        using var folder = await ClipsAsync(spoiled: [4, 9, 15, 20]);
        using var source = await folder.OpenAsync();
        using var loader = PictureFolder.Load(source, PictureFolder.Plan(source), Options);
        for (int step = 0; step < 3; step++) BatchCopy.Take(loader).Samples.Select(id => (id.RowGroup * 7) + id.Row).ShouldAllBe(r => r != 4 && r != 9 && r != 15 && r != 20);
        loader.BadRows.Select(b => (b.Row, b.Reason)).Order().ShouldBe([
            (4L, "truncated Mp4 clip"), (9L, "not an MP4, QuickTime, WebM or Matroska clip"), (15L, "a clip without pictures, sound only"), (20L, "a clip without frames")]);
    }

    [Fact]
    public async Task PicturesAmongClipsHaveOneFrame()
    {
        using var folder = await PictureFolder.WriteAsync(24);
        using var source = await folder.OpenAsync();
        using var clips = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options() with { Clip = Options.Clip });
        using var pictures = PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options());
        using var batch = clips.Next(TestContext.Current.CancellationToken);
        (batch.Frames, batch.Images.Length).ShouldBe((Frames, 12 * Frames * FloatsAFrame), "there is room for clips");
        batch.FrameCounts.ShouldAllBe(count => count == 1);
        BatchCopy.Of(batch).ShouldEqual(BatchCopy.Take(pictures));
    }

    [Fact]
    public async Task EvaluationTakesTheMiddleOfEachPart_OfEveryClipOnce()
    {
        using var folder = await ClipsAsync(spoiled: [4]);
        using var source = await folder.OpenAsync();
        List<BadRow> bad = [];
        var set = new EvaluationSet(source, Options with { Clip = new ClipOptions { Frames = Frames } }, 10);
        List<(int Row, long[] Numbers)> seen = [];
        foreach (var batch in set.Read(bad, TestContext.Current.CancellationToken))
        {
            using var held = batch;
            batch.FrameCounts.ShouldBe(Enumerable.Repeat(Frames, batch.Count));
            for (int i = 0; i < batch.Count; i++)
                seen.Add(((batch.Samples[i].RowGroup * 7) + batch.Samples[i].Row,
                    [.. Enumerable.Range(0, Frames).Select(f => (long)Clips.Number(batch.Images.Span.Slice(((i * Frames) + f) * FloatsAFrame, FloatsAFrame), PictureFolder.Size))]));
        }
        seen.DistinctBy(s => s.Row).Count().ShouldBe(23);
        foreach (var (row, numbers) in seen) numbers.ShouldBe(Enumerable.Range(0, Frames).Select(i => (long)(Length(row) * (i + 0.5) / Frames)), $"row {row}");
        bad.Select(b => b.Row).Distinct().ShouldBe([4L]);
    }

    [Fact]
    public async Task ClipsNeedAWordOnTheirFrames()
    {
        using var folder = await ClipsAsync();
        using var source = await folder.OpenAsync();
        Should.Throw<DataFormatException>(() => PictureFolder.Load(source, PictureFolder.Plan(source), PictureFolder.Options())).Message.ShouldContain("holds clips");
        Should.Throw<DataFormatException>(() => PictureFolder.Load(source, PictureFolder.Plan(source), Options with { Clip = new ClipOptions { Frames = 10_000_000 } })).Message.ShouldContain("fewer frames");
    }

    /// <summary>24 clips of four lengths in row groups of seven; spoiled ones are cut, text, sound, empty in turn.</summary>
    private static Task<PictureFolder> ClipsAsync(params int[] spoiled) => PictureFolder.WriteAsync(24, files: 1, media: "mp4", spoil: r => r with
    {
        Picture = Array.IndexOf(spoiled, r.Number) switch
        {
            -1 => Clips.Of(Length(r.Number)),
            0 => Clips.Plain[..(Clips.Plain.Length / 2)],
            1 => "<html>404</html>"u8.ToArray(),
            2 => Clips.SoundOnly,
            _ => Clips.NoFrames,
        },
    });

    private static int Length(int row) => 5 + (20 * (row % 4));
}
