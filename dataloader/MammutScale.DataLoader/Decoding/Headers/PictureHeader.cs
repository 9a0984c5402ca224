namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>What a picture file says about itself, found without decoding it.</summary>
/// <param name="Width">Stored width, before orientation.</param>
/// <param name="Height">Stored height, before orientation.</param>
/// <param name="MayHaveAlpha">Some pixel may be transparent.</param>
/// <param name="Orientation">EXIF orientation, 1 … 8; 1 is upright.</param>
/// <param name="Complete">The end of the picture is there.</param>
public readonly record struct PictureHeader(PictureFormat Format, int Width, int Height, bool MayHaveAlpha, int Orientation, bool Complete)
{
    /// <summary>The picture is shown with its sides swapped.</summary>
    public bool SwapsSides => Orientation >= 5;

    /// <summary>Width as it is shown.</summary>
    public int ShownWidth => SwapsSides ? Height : Width;

    /// <summary>Height as it is shown.</summary>
    public int ShownHeight => SwapsSides ? Width : Height;
}
