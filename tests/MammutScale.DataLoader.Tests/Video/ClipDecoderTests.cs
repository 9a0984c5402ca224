using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Video;
using MammutScale.DataLoader.Video.Sampling;

namespace MammutScale.DataLoader.Tests.Video;

public sealed class ClipDecoderTests
{
    private const int Size = 32;

    private static readonly PictureOptions Whole = new() { Size = Size, View = new WholePicture { Stretch = true }, Normalisation = Normalisation.ZeroToOne };

    [Theory]
    [InlineData("plain", 100)]
    [InlineData("silent", 100)]
    [InlineData("fragmented", 100)]
    [InlineData("webm", 60)]
    [InlineData("live", 60)]
    public void FramesAreExactlyThoseChosen(string kind, int frames)
    {
        byte[] clip = Named(kind);
        foreach (FramePolicy policy in (FramePolicy[])[new SpreadFrames(), new SpreadFrames { Jitter = true }, new WindowFrames { Jitter = true, Stride = 3 }, new WindowFrames { Stride = 1 }])
            for (ulong key = 1; key <= 3; key++)
                Numbers(clip, policy, 8, key).ShouldBe(Chosen(policy, frames, 8, key), $"{kind} {policy} {key}");
        Numbers(clip, new SpreadFrames(), frames, 0).ShouldBe(Enumerable.Range(0, frames).Select(i => (long)i), $"{kind}, every frame");
    }

    [Fact]
    public void FarFramesAreReachedByKeyFrames_AndAreTheSame()
    {
        for (ulong key = 1; key <= 6; key++)
        {
            var window = new WindowFrames { Jitter = true, Stride = 4 };
            Numbers(Clips.Long, window, 6, key).ShouldBe(Chosen(window, 800, 6, key));
            var spread = new SpreadFrames { Jitter = true };
            Numbers(Clips.Long, spread, 4, key).ShouldBe(Chosen(spread, 800, 4, key));
        }
    }

    [Fact]
    public void ShortClipsRepeatTheirFrames()
    {
        Numbers(Clips.Of(3), new SpreadFrames(), 6, 0).ShouldBe([0, 0, 1, 1, 2, 2]);
        Numbers(Clips.OneFrame, new WindowFrames(), 4, 0).ShouldBe([0, 0, 0, 0]);
        Numbers(Clips.OneFrameWebm, new SpreadFrames(), 2, 0).ShouldBe([0, 0]);
    }

    [Fact]
    public void UnevenClipsAreSpreadInTime()
    {
        // 50 frames over four seconds: 9 is shown from 0.36 s to 2.4 s
        long[] numbers = Numbers(Clips.Uneven, new SpreadFrames(), 8, 0);
        numbers.ShouldBeInOrder();
        numbers[0].ShouldBeInRange(5, 9);
        numbers[1..5].ShouldAllBe(n => n == 60);
        numbers[^1].ShouldBeInRange(90, 97);
        for (int i = 5; i < 8; i++) numbers[i].ShouldBeInRange((long)((0.25 + (i * 0.5)) * 25) - 2, (long)((0.25 + (i * 0.5)) * 25) + 2);
    }

    [Fact]
    public void AnEditListHidesWhatItCuts()
    {
        long[] numbers = Numbers(Clips.Trimmed, new SpreadFrames(), 4, 0);
        numbers.ShouldBeInOrder();
        numbers[0].ShouldBeInRange(33, 37);
        numbers[^1].ShouldBeInRange(62, 67);
    }

    [Fact]
    public void RotatedClipsStandUpright()
    {
        float[] frames = new float[3 * Size * Size];
        using var decoder = new ClipDecoder(Whole with { View = new WholePicture(), Background = Rgb.White }, new ClipOptions { Frames = 1 });
        decoder.Decode(Clips.Rotated, 0, frames).Ok.ShouldBeTrue();
        // higher than wide: white at the left and right edge, picture at the upper and lower one
        (frames[(Size / 2 * Size) + 1] > 0.99).ShouldBeTrue();
        (frames[(Size / 2 * Size) + Size - 2] > 0.99).ShouldBeTrue();
        frames[Size / 2].ShouldBeLessThan(0.7f);
        frames[(Size * (Size - 1)) + (Size / 2)].ShouldBeLessThan(0.7f);
        // the number is now told from above to below: 12 = (12, 0), so the lighter half is the upper or the lower one and not the left
        float upper = frames[(Size / 4 * Size) + (Size / 2)], lower = frames[(Size * 3 / 4 * Size) + (Size / 2)];
        Math.Abs(upper - lower).ShouldBeGreaterThan(0.15f);
    }

    [Fact]
    public void AllFramesOfAClipAreSeenAlike()
    {
        // a clip that stands still: whatever differs comes from the view
        var view = Whole with { View = new RandomCrop { MinArea = 0.2, MaxArea = 0.5, Mirror = true }, Colour = new ColourJitter { Brightness = 0.4, Hue = 0.1 } };
        using var decoder = new ClipDecoder(view, new ClipOptions { Frames = 6, Sampling = new SpreadFrames { Jitter = true } });
        var seen = new List<float[]>();
        for (ulong key = 0; key < 6; key++)
        {
            float[] frames = new float[6 * view.FloatsPerPicture];
            decoder.Decode(Clips.OneFrame, key, frames).Ok.ShouldBeTrue();
            for (int i = 1; i < 6; i++) frames.AsSpan(i * view.FloatsPerPicture, view.FloatsPerPicture).SequenceEqual(frames.AsSpan(0, view.FloatsPerPicture)).ShouldBeTrue();
            float[] again = new float[frames.Length];
            decoder.Decode(Clips.OneFrame, key, again).Ok.ShouldBeTrue();
            again.ShouldBe(frames);
            seen.Add(frames);
        }
        seen.Select(f => f[0]).Distinct().Count().ShouldBeGreaterThan(3, "other keys, other views");
        // of a moving clip the place of the edge between the two areas must not move
        float[] moving = new float[6 * view.FloatsPerPicture];
        using var plainColours = new ClipDecoder(view with { Colour = null }, new ClipOptions { Frames = 6, Sampling = new WindowFrames { Stride = 1 } });
        plainColours.Decode(Clips.Plain, 3, moving).Ok.ShouldBeTrue();
        var edges = Enumerable.Range(0, 6).Select(i => Edge(moving.AsSpan(i * view.FloatsPerPicture, Size))).Distinct().ToArray();
        edges.Length.ShouldBe(1, string.Join(',', edges));
    }

    [Fact]
    public void WholeClipsAreGood_WhenWatched()
    {
        using var decoder = new ClipDecoder(Whole, new ClipOptions { Frames = 1 });
        foreach (string kind in (string[])["plain", "silent", "fragmented", "webm", "live", "uneven", "trimmed", "rotated", "one", "one webm"])
            decoder.Watch(Named(kind)).Reason.ShouldBe("good", kind);
    }

    internal static byte[] Named(string kind) => kind switch
    {
        "plain" => Clips.Plain,
        "silent" => Clips.Silent,
        "fragmented" => Clips.Fragmented,
        "webm" => Clips.Webm,
        "live" => Clips.LiveWebm,
        "uneven" => Clips.Uneven,
        "trimmed" => Clips.Trimmed,
        "rotated" => Clips.Rotated,
        "one" => Clips.OneFrame,
        _ => Clips.OneFrameWebm,
    };

    private static int Edge(ReadOnlySpan<float> row)
    {
        int at = 1;
        for (int x = 1; x < row.Length; x++)
            if (Math.Abs(row[x] - row[x - 1]) > Math.Abs(row[at] - row[at - 1])) at = x;
        return at;
    }

    private static long[] Chosen(FramePolicy policy, int frames, int wanted, ulong key)
    {
        long[] chosen = new long[wanted];
        policy.Choose(frames, key, chosen);
        return chosen;
    }

    private static long[] Numbers(byte[] clip, FramePolicy policy, int wanted, ulong key)
    {
        using var decoder = new ClipDecoder(Whole, new ClipOptions { Frames = wanted, Sampling = policy });
        float[] frames = new float[wanted * Whole.FloatsPerPicture];
        decoder.Decode(clip, key, frames).Reason.ShouldBe("good");
        return [.. Enumerable.Range(0, wanted).Select(i => (long)Clips.Number(frames.AsSpan(i * Whole.FloatsPerPicture, Whole.FloatsPerPicture), Size))];
    }
}
