using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>
/// The picture at a random scale and place on the background, its longer side between <see cref="MinScale"/> and
/// <see cref="MaxScale"/> canvases long; above 1 the edges are cut. For artwork on a plain ground, such as emoji.
/// </summary>
public sealed record RandomPlacement : ViewPolicy
{
    public double MinScale { get; init; } = 0.7;

    public double MaxScale { get; init; } = 1.15;

    public bool Mirror { get; init; }

    public override PictureView For(int width, int height, int size, ulong sampleKey)
    {
        var draws = Draws.For(sampleKey, DrawUse.View);
        bool mirrored = draws.NextUnit() < 0.5 && Mirror;
        double scale = draws.NextBetween(MinScale, MaxScale) * size / Math.Max(width, height);
        var (x, w, tx, tw) = Along(width, scale, size, ref draws);
        var (y, h, ty, th) = Along(height, scale, size, ref draws);
        if (mirrored) x = width - w - x;
        return new(x, y, w, h, new(tx, ty, tw, th), mirrored);
    }

    /// <summary>Places one axis: the visible part of the source and of the canvas.</summary>
    private static (double Start, double Length, int Target, int TargetLength) Along(int source, double scale, int size, ref Draws draws)
    {
        int scaled = Math.Max(1, (int)Math.Round(source * scale));
        int offset = Math.Min(0, size - scaled) + draws.NextBelow(Math.Abs(size - scaled) + 1);
        int from = Math.Max(0, offset), to = Math.Min(size, offset + scaled);
        double unit = (double)source / scaled;
        return ((from - offset) * unit, (to - from) * unit, from, to - from);
    }
}
