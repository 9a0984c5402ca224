using System.Numerics;
using MammutScale.DataLoader.Decoding.Views;

namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>Changes the colours of planes that hold 0 … 255, then scales them.</summary>
internal static class ColourPlanes
{
    internal static void Apply(Span<float> planes, int planeSize, ColourChange change, PlaneScale scale)
    {
        Span<float> red = planes[..planeSize], green = planes.Slice(planeSize, planeSize), blue = planes.Slice(2 * planeSize, planeSize);
        double grey = 0;
        for (int i = 0; i < planeSize; i++)
        {
            Vector3 pixel = new(red[i], green[i], blue[i]);
            Vector3 changed = Vector3.Clamp(new(Vector3.Dot(change.Red, pixel), Vector3.Dot(change.Green, pixel), Vector3.Dot(change.Blue, pixel)), Vector3.Zero, new(255));
            grey += Vector3.Dot(ColourChange.Luma, changed);
            (red[i], green[i], blue[i]) = (changed.X, changed.Y, changed.Z);
        }
        float mean = (float)(grey / planeSize) * (1 - change.Contrast);
        for (int plane = 0; plane < 3; plane++)
        {
            var (factor, summand) = plane switch { 0 => scale.Red, 1 => scale.Green, _ => scale.Blue };
            foreach (ref float value in planes.Slice(plane * planeSize, planeSize))
                value = (Math.Clamp((value * change.Contrast) + mean, 0, 255) * factor) + summand;
        }
    }
}
