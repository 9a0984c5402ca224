using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>
/// A random part of random area and proportions, stretched to the canvas (Szegedy et al. 2015; the defaults are open_clip's for
/// training on web data). Falls back to the largest centred part of allowed proportions after ten misses.
/// </summary>
public sealed record RandomCrop : ViewPolicy
{
    /// <summary>Smallest share of the picture's area.</summary>
    public double MinArea { get; init; } = 0.9;

    /// <summary>Largest share of the picture's area, at most 1.</summary>
    public double MaxArea { get; init; } = 1;

    /// <summary>Smallest width / height.</summary>
    public double MinAspect { get; init; } = 3.0 / 4;

    /// <summary>Largest width / height.</summary>
    public double MaxAspect { get; init; } = 4.0 / 3;

    /// <summary>Mirror every second picture. Not for captions that speak of left and right.</summary>
    public bool Mirror { get; init; }

    public override PictureView For(int width, int height, int size, ulong sampleKey)
    {
        var draws = Draws.For(sampleKey, DrawUse.View);
        bool mirrored = draws.NextUnit() < 0.5 && Mirror;
        double low = Math.Log(MinAspect), high = Math.Log(MaxAspect);
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double area = draws.NextBetween(MinArea, MaxArea) * width * height, aspect = Math.Exp(draws.NextBetween(low, high));
            int w = (int)Math.Round(Math.Sqrt(area * aspect)), h = (int)Math.Round(Math.Sqrt(area / aspect));
            if (w < 1 || h < 1 || w > width || h > height) continue;
            return new(draws.NextBelow(width - w + 1), draws.NextBelow(height - h + 1), w, h, Whole(size), mirrored);
        }
        double keep = Math.Clamp((double)width / height, MinAspect, MaxAspect);
        double cw = Math.Min(width, height * keep), ch = Math.Min(height, width / keep);
        return new((width - cw) / 2, (height - ch) / 2, cw, ch, Whole(size), mirrored);
    }
}
