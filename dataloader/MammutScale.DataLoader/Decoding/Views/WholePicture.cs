namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>The whole picture: centred on the background with its proportions kept, or stretched to the canvas.</summary>
public sealed record WholePicture : ViewPolicy
{
    public bool Stretch { get; init; }

    public override PictureView For(int width, int height, int size, ulong sampleKey)
    {
        if (Stretch) return new(0, 0, width, height, Whole(size), false);
        double scale = (double)size / Math.Max(width, height);
        int w = Math.Clamp((int)Math.Round(width * scale), 1, size), h = Math.Clamp((int)Math.Round(height * scale), 1, size);
        return new(0, 0, width, height, new((size - w) / 2, (size - h) / 2, w, h), false);
    }
}
