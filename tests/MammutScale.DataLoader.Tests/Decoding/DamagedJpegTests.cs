using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using OpenCvSharp;
using SkiaSharp;

namespace MammutScale.DataLoader.Tests.Decoding;

/// <summary>Damage between the head and the end marker of a JPEG, which decoders paint over.</summary>
public sealed class DamagedJpegTests
{
    /// <summary>IMWRITE_JPEG_SAMPLING_FACTOR, which has no name in the binding.</summary>
    private const ImwriteFlags SamplingFactor = (ImwriteFlags)7;

    private static readonly string[] Shipped = [.. Pictures.Names.Where(n => n.EndsWith(".jpg"))];

    private readonly PictureDecoder _decoder = new(Pictures.Plain(16, new CentreCrop()));
    private readonly float[] _planes = new float[3 * 16 * 16];

    [Fact]
    public void AHoleInTheMiddleIsFound_WhateverFillsIt()
    {
        var random = new Random(3);
        int found = 0, holes = 0;
        foreach (byte[] whole in Photos())
            for (int round = 0; round < 12; round++, holes++)
            {
                byte[] damaged = [.. whole];
                int length = whole.Length / 10, at = random.Next(ScanOf(whole) + 20, whole.Length - length - 20);
                var hole = damaged.AsSpan(at, length);
                if (round % 3 == 0) hole.Clear();
                else if (round % 3 == 1) random.NextBytes(hole);
                else damaged = [.. damaged[..at], .. damaged[(at + length)..]];
                if (!_decoder.Decode(damaged, 0, _planes).Ok) found++;
            }
        found.ShouldBe(holes);
    }

    [Fact]
    public void ACutPictureWithItsEndMarkerIsTruncated()
    {
        foreach (byte[] whole in Photos())
            for (int percent = 30; percent < 100; percent += 20)
            {
                int scan = ScanOf(whole);
                byte[] cut = [.. whole[..(scan + ((whole.Length - scan) * percent / 100))], 0xFF, 0xD9];
                _decoder.Decode(cut, 0, _planes).Fault.ShouldBeOneOf(DecodeFault.Truncated, DecodeFault.Corrupt);
            }
    }

    [Fact]
    public void FlippedBitsThatLoseTheThreadAreFoundMostly()
    {
        var random = new Random(4);
        int found = 0, flips = 0;
        foreach (byte[] whole in Photos())
            for (int round = 0; round < 40; round++, flips++)
            {
                byte[] damaged = [.. whole];
                int at = random.Next(ScanOf(whole) + 20, whole.Length - 20);
                damaged[at] ^= (byte)(1 << random.Next(8));
                if (!_decoder.Decode(damaged, 0, _planes).Ok) found++;
            }
        // a bit of a value changes a colour and nothing else: no reader can tell
        found.ShouldBeGreaterThan(flips / 4);
    }

    [Fact]
    public void GoodPicturesStayGood_FromAnyWriter()
    {
        foreach (string name in Shipped) _decoder.Decode(Pictures.Read(name), 0, _planes).Reason.ShouldBe("good", name);
        foreach (byte[] photo in Photos())
        {
            _decoder.Decode(photo, 0, _planes).Reason.ShouldBe("good");
            // what some writers and transfers leave behind
            int end = photo.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]);
            _decoder.Decode([.. photo[..end], 0, 0, 0, 0, 0xFF, 0xFF, 0xD9, 1, 2, 3], 0, _planes).Reason.ShouldBe("good");
        }
    }

    /// <summary>Written by libjpeg (OpenCV) and Skia: sampling of colours, restart marks, optimised tables, progressive, grey.</summary>
    private static List<byte[]> Photos()
    {
        using var picture = Photo(233, 157);
        using var grey = picture.CvtColor(ColorConversionCodes.BGR2GRAY);
        List<byte[]> photos =
        [
            Jpeg(picture), Jpeg(grey), Jpeg(picture, (ImwriteFlags.JpegProgressive, 1)), Jpeg(picture, (ImwriteFlags.JpegOptimize, 1)), Jpeg(grey, (ImwriteFlags.JpegProgressive, 1)),
            Jpeg(picture, (ImwriteFlags.JpegRstInterval, 3)), Jpeg(picture, (ImwriteFlags.JpegRstInterval, 5), (ImwriteFlags.JpegProgressive, 1)),
        ];
        foreach (int sampling in (int[])[0x411111, 0x221111, 0x211111, 0x121111, 0x111111]) photos.Add(Jpeg(picture, (SamplingFactor, sampling)));
        Cv2.ImEncode(".png", picture, out byte[] png);
        using var bitmap = SKBitmap.Decode(png);
        foreach (int quality in (int[])[40, 97])
            using (var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality)) photos.Add(data.ToArray());
        return photos;
    }

    private static byte[] Jpeg(Mat picture, params (ImwriteFlags Flag, int Value)[] flags)
    {
        Cv2.ImEncode(".jpg", picture, out byte[] jpeg, [.. flags.Select(f => new ImageEncodingParam(f.Flag, f.Value))]);
        return jpeg;
    }

    /// <summary>Detail everywhere, as in a photograph.</summary>
    private static Mat Photo(int width, int height)
    {
        var picture = new Mat(height, width, MatType.CV_8UC3);
        var random = new Random(1);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                picture.At<Vec3b>(y, x) = new Vec3b((byte)((x * 3) + random.Next(30)), (byte)((y * 2) + random.Next(40)), (byte)(((x + y) % 97) + random.Next(60)));
        return picture;
    }

    private static int ScanOf(byte[] jpeg) => jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
}
