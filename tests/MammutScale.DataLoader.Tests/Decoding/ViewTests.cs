using CsCheck;
using MammutScale.DataLoader.Decoding.Views;

namespace MammutScale.DataLoader.Tests.Decoding;

public sealed class ViewTests
{
    private static readonly ViewPolicy[] Policies =
        [new CentreCrop(), new RandomCrop { MinArea = 0.08, Mirror = true }, new RandomPlacement { Mirror = true }, new RandomPlacement { MinScale = 0.2, MaxScale = 3 }, new WholePicture(), new WholePicture { Stretch = true }];

    [Fact]
    public void ViewStaysWithinPictureAndCanvas_ForAnySize() =>
        Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 3000], Gen.Int[1, 400], Gen.ULong, Gen.Int[0, Policies.Length - 1]).Sample((w, h, size, key, p) =>
        {
            var view = Policies[p].For(w, h, size, key);
            return view.X >= -1e-9 && view.Y >= -1e-9 && view.Width > 0 && view.Height > 0
                && view.X + view.Width <= w + 1e-6 && view.Y + view.Height <= h + 1e-6
                && view.Target.X >= 0 && view.Target.Y >= 0 && view.Target.Width >= 1 && view.Target.Height >= 1
                && view.Target.X + view.Target.Width <= size && view.Target.Y + view.Target.Height <= size;
        });

    [Fact]
    public void SameKeyGivesTheSameView_AndOtherKeysOtherViews()
    {
        var policy = new RandomCrop { MinArea = 0.08 };
        policy.For(640, 480, 224, 42).ShouldBe(policy.For(640, 480, 224, 42));
        Enumerable.Range(0, 200).Select(k => policy.For(640, 480, 224, (ulong)k)).Distinct().Count().ShouldBeGreaterThan(190);
    }

    [Fact]
    public void PlacementCoversItsRangeOfScales()
    {
        double[] shares = [.. Enumerable.Range(0, 2000).Select(k => new RandomPlacement().For(64, 64, 64, (ulong)k)).Select(v => v.Target.Width * 64 / v.Width / 64)];
        shares.Min().ShouldBe(0.7, 0.02);
        shares.Max().ShouldBe(1.15, 0.02);
        shares.Average().ShouldBe(0.925, 0.02);
    }

    [Fact]
    public void MapFollowsThePixels_WhenThePictureIsPlacedAndMirrored()
    {
        var policy = new RandomPlacement { MinScale = 0.5, MaxScale = 0.9, Mirror = true };
        for (ulong key = 0; key < 20; key++)
        {
            float[] planes = Pictures.Decode(Pictures.Read("rgb.png"), Pictures.Plain(96, policy), key);
            var view = policy.For(48, 32, 96, key);
            var (x, y) = view.Map(36, 24);
            Pictures.ShouldShow(planes, 96, (int)x, (int)y, Pictures.Blue, 1, $"key {key}, {view}");
            (x, y) = view.Map(3.5, 3.5);
            Pictures.ShouldShow(planes, 96, (int)x, (int)y, Pictures.Green, 12, $"key {key}, {view}");
        }
    }

    [Theory]
    [InlineData("detail-shrunk.png", 3, 2, 54, 41, 24, 2.01)]
    [InlineData("detail-grown.png", 10, 10, 20, 20, 40, 2.01)]
    public void ResamplingEqualsPillowsBicubic_WithinRounding(string expected, int x, int y, int width, int height, int size, double largest)
    {
        float[] ours = Pictures.Decode(Pictures.Read("detail.png"), Pictures.Plain(size, new Fixed(new(x, y, width, height, new(0, 0, size, size), false))));
        float[] pillow = Pictures.Decode(Pictures.Read(expected), Pictures.Plain(size, new WholePicture()));
        // Pillow rounds and clamps to 8 bits between its two passes: values that overshoot differ most.
        for (int i = 0; i < ours.Length; i++) (ours[i] * 255).ShouldBe(pillow[i] * 255, largest, $"value {i}");
        ours.Zip(pillow, (a, b) => (double)Math.Abs(a - b) * 255).Average().ShouldBeLessThan(0.6);
    }

    [Fact]
    public void MirroringReversesEveryRow()
    {
        PictureView view = new(0, 0, 61, 45, new(0, 0, 20, 20), false);
        float[] straight = Pictures.Decode(Pictures.Read("detail.png"), Pictures.Plain(20, new Fixed(view)));
        float[] mirrored = Pictures.Decode(Pictures.Read("detail.png"), Pictures.Plain(20, new Fixed(view with { Mirrored = true })));
        straight.Chunk(20).SelectMany(r => r.Reverse()).ShouldBe(mirrored);
    }

    [Fact]
    public void ReducedJpegLooksLikeTheWholeOne()
    {
        using var large = new OpenCvSharp.Mat(768, 1024, OpenCvSharp.MatType.CV_8UC3, new OpenCvSharp.Scalar(190, 60, 20));
        for (int i = 0; i < 12; i++) OpenCvSharp.Cv2.Circle(large, new OpenCvSharp.Point(80 * i, 60 * i), 40 + (5 * i), new OpenCvSharp.Scalar(20 * i, 255 - (20 * i), 128), -1, OpenCvSharp.LineTypes.AntiAlias);
        OpenCvSharp.Cv2.ImEncode(".jpg", large, out byte[] jpeg, new OpenCvSharp.ImageEncodingParam(OpenCvSharp.ImwriteFlags.JpegQuality, 95));
        OpenCvSharp.Cv2.ImEncode(".png", large, out byte[] png);
        float[] a = Pictures.Decode(jpeg, Pictures.Plain(90, new CentreCrop())), b = Pictures.Decode(png, Pictures.Plain(90, new CentreCrop()));
        a.Zip(b, (p, q) => (double)Math.Abs(p - q) * 255).Average().ShouldBeLessThan(3);
    }

    [Fact]
    public void ColourJitterIsDrawnFromTheKey_AndLeavesThePictureAloneAtZero()
    {
        byte[] picture = Pictures.Read("detail.png");
        var plain = Pictures.Plain(45, new CentreCrop());
        float[] untouched = Pictures.Decode(picture, plain);
        float[] zero = Pictures.Decode(picture, plain with { Colour = new ColourJitter() });
        for (int i = 0; i < zero.Length; i++) zero[i].ShouldBe(untouched[i], 2e-3);
        var jitter = plain with { Colour = new ColourJitter { Brightness = 0.4, Contrast = 0.4, Saturation = 0.4, Hue = 0.1 } };
        Pictures.Decode(picture, jitter, 1).ShouldBe(Pictures.Decode(picture, jitter, 1));
        Pictures.Decode(picture, jitter, 1).ShouldNotBe(Pictures.Decode(picture, jitter, 2));
        float[] grey = Pictures.Decode(picture, plain with { Colour = new ColourJitter { Grey = 1 } });
        for (int i = 0; i < 45 * 45; i++) grey[i].ShouldBe(grey[(45 * 45) + i], 0.02);
    }

    private sealed record Fixed(PictureView View) : ViewPolicy
    {
        public override PictureView For(int width, int height, int size, ulong sampleKey) => View;
    }
}
