namespace MammutScale.DataLoader.Decoding;

/// <summary>Value = (pixel / 255 − mean) / deviation, for red, green, blue.</summary>
public sealed record Normalisation(float MeanRed, float MeanGreen, float MeanBlue, float DeviationRed, float DeviationGreen, float DeviationBlue)
{
    /// <summary>The constants that CLIP and its successors use.</summary>
    public static Normalisation Clip { get; } = new(0.48145466f, 0.4578275f, 0.40821073f, 0.26862954f, 0.26130258f, 0.27577711f);

    /// <summary>0 … 1 without a shift.</summary>
    public static Normalisation ZeroToOne { get; } = new(0, 0, 0, 1, 1, 1);

    /// <summary>Factor and summand for pixel values 0 … 255 of a plane (0 red, 1 green, 2 blue).</summary>
    internal (float Factor, float Summand) Of(int plane)
    {
        var (mean, deviation) = plane switch { 0 => (MeanRed, DeviationRed), 1 => (MeanGreen, DeviationGreen), _ => (MeanBlue, DeviationBlue) };
        return (1 / (255 * deviation), -mean / deviation);
    }
}
