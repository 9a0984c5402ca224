namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>The largest centred square: what evaluation uses (CLIP: shorter side to the canvas, then crop).</summary>
public sealed record CentreCrop : ViewPolicy
{
    public override PictureView For(int width, int height, int size, ulong sampleKey)
    {
        double side = Math.Min(width, height);
        return new((width - side) / 2, (height - side) / 2, side, side, Whole(size), false);
    }
}
