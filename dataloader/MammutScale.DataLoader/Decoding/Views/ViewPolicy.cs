namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>Chooses the view of a picture: a pure function of its size, the canvas and the sample's key.</summary>
public abstract record ViewPolicy
{
    /// <param name="width">Width of the upright picture.</param>
    /// <param name="height">Height of the upright picture.</param>
    /// <param name="size">Side of the canvas.</param>
    /// <param name="sampleKey">Key of (seed, epoch, sample); policies without chance ignore it.</param>
    public abstract PictureView For(int width, int height, int size, ulong sampleKey);

    private protected static TargetArea Whole(int size) => new(0, 0, size, size);
}
