using System.Runtime.InteropServices;
using MammutScale.DataLoader.Samples;
using OpenCvSharp;

namespace MammutScale.DataLoader.Benchmarks;

/// <summary>JPEG pictures of 256 × 256 and about 30 KB, like those that img2dataset stores: soft shapes with grain on them.</summary>
internal static class BenchPictures
{
    private const int Side = 256, Quality = 92;

    internal static byte[][] Make(int count)
    {
        byte[][] pictures = new byte[count][];
        Parallel.For(0, count, i =>
        {
            var random = new Random(i);
            using var small = new Mat(10, 10, MatType.CV_8UC3);
            using var picture = new Mat();
            using var grain = new Mat(Side, Side, MatType.CV_8UC3);
            byte[] colours = new byte[10 * 10 * 3], noise = new byte[Side * Side * 3];
            random.NextBytes(colours);
            random.NextBytes(noise);
            Marshal.Copy(colours, 0, small.Data, colours.Length);
            Marshal.Copy(noise, 0, grain.Data, noise.Length);
            Cv2.Resize(small, picture, new Size(Side, Side), 0, 0, InterpolationFlags.Cubic);
            for (int k = 0; k < 12; k++)
                Cv2.Circle(picture, new Point(random.Next(Side), random.Next(Side)), random.Next(4, 40), new Scalar(random.Next(256), random.Next(256), random.Next(256)), random.Next(1, 4), LineTypes.AntiAlias);
            Cv2.AddWeighted(picture, 0.86, grain, 0.14, 0, picture);
            Cv2.ImEncode(".jpg", picture, out byte[] jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, Quality));
            pictures[i] = jpeg;
        });
        return pictures;
    }

    /// <summary>The pictures as an img2dataset folder: files of ten row groups of 100 rows.</summary>
    internal static Task<IReadOnlyList<string>> WriteAsync(string folder, byte[][] pictures, CancellationToken cancellation)
    {
        var columns = new TableColumn<(int Number, byte[] Jpeg)>[]
        {
            new TextColumn<(int Number, byte[] Jpeg)>("key", r => $"{r.Number:D9}"),
            new TextColumn<(int Number, byte[] Jpeg)>("caption", r => $"a picture of thing number {r.Number} and another thing"),
            new TextColumn<(int Number, byte[] Jpeg)>("status", _ => "success"),
            new BytesColumn<(int Number, byte[] Jpeg)>("jpg", r => r.Jpeg),
        };
        return new TableWriter<(int Number, byte[] Jpeg)>(columns, new Dictionary<string, string>())
            .WriteAsync(folder, [.. pictures.Select((p, i) => (i, p))], Math.Max(1, pictures.Length / 1000), 100, cancellation);
    }
}
