using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>
/// How far brightness, contrast, saturation and hue may be changed, drawn for every sample: a factor in [1 − x, 1 + x], and for
/// the hue a turn of at most x of the colour circle.
/// </summary>
public sealed record ColourJitter
{
    public double Brightness { get; init; }

    public double Contrast { get; init; }

    public double Saturation { get; init; }

    public double Hue { get; init; }

    /// <summary>Share of samples that become grey.</summary>
    public double Grey { get; init; }

    internal ColourChange For(ulong sampleKey)
    {
        var draws = Draws.For(sampleKey, DrawUse.Colour);
        double brightness = draws.NextBetween(1 - Brightness, 1 + Brightness), contrast = draws.NextBetween(1 - Contrast, 1 + Contrast);
        double saturation = draws.NextBetween(1 - Saturation, 1 + Saturation), hue = draws.NextBetween(-Hue, Hue);
        if (draws.NextUnit() < Grey) saturation = 0;
        return ColourChange.Of(Math.Max(0, brightness), Math.Max(0, contrast), Math.Max(0, saturation), hue);
    }
}
