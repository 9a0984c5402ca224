using System.Numerics;

namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>
/// One colour change as a linear map of RGB followed by a contrast about the picture's mean grey. Hue turns in the YIQ plane, so
/// that everything stays one 3 × 3 matrix (NTSC weights, ITU-R BT.601 luma).
/// </summary>
internal readonly record struct ColourChange(Vector3 Red, Vector3 Green, Vector3 Blue, float Contrast)
{
    internal static readonly Vector3 Luma = new(0.299f, 0.587f, 0.114f);

    internal static ColourChange Of(double brightness, double contrast, double saturation, double hue)
    {
        var (sin, cos) = Math.SinCos(2 * Math.PI * hue);
        double c = saturation * cos, s = saturation * sin;
        Vector3 Row(double r, double g, double b) => new Vector3((float)r, (float)g, (float)b) * (float)brightness;
        return new(
            Row(0.299 + (0.701 * c) + (0.168 * s), 0.587 - (0.587 * c) + (0.330 * s), 0.114 - (0.114 * c) - (0.497 * s)),
            Row(0.299 - (0.299 * c) - (0.328 * s), 0.587 + (0.413 * c) + (0.035 * s), 0.114 - (0.114 * c) + (0.292 * s)),
            Row(0.299 - (0.300 * c) + (1.250 * s), 0.587 - (0.588 * c) - (1.050 * s), 0.114 + (0.886 * c) - (0.203 * s)),
            (float)contrast);
    }
}
