using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;

namespace MammutScale.DataLoader.Tests.Decoding;

/// <summary>The fixture pictures and how to look at decoded planes.</summary>
internal static class Pictures
{
    internal static readonly (int R, int G, int B) Red = (200, 30, 40), Blue = (20, 60, 190), Green = (10, 180, 60), White = (255, 255, 255);

    internal static IEnumerable<string> Names => Directory.EnumerateFiles(Folder).Select(f => Path.GetFileName(f)!).Where(f => !f.EndsWith(".py")).Order();

    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Decoding", "Fixtures");

    internal static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>Plain pixel values 0 … 255 on a white canvas.</summary>
    internal static PictureOptions Plain(int size, ViewPolicy view) => new() { Size = size, View = view, Normalisation = Normalisation.ZeroToOne };

    internal static float[] Decode(byte[] encoded, PictureOptions options, ulong key = 0)
    {
        float[] planes = new float[options.FloatsPerPicture];
        var result = new PictureDecoder(options).Decode(encoded, key, planes);
        result.Ok.ShouldBeTrue(result.Reason);
        return planes;
    }

    internal static void ShouldShow(float[] planes, int size, int x, int y, (int R, int G, int B) colour, double tolerance, string what)
    {
        int at = (y * size) + x, plane = size * size;
        (planes[at] * 255).ShouldBe(colour.R, tolerance, $"{what}: red at {x}, {y}");
        (planes[plane + at] * 255).ShouldBe(colour.G, tolerance, $"{what}: green at {x}, {y}");
        (planes[(2 * plane) + at] * 255).ShouldBe(colour.B, tolerance, $"{what}: blue at {x}, {y}");
    }
}
