namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>
/// Which part of a picture is shown where on a square canvas. Source measures are in pixels of the upright picture and may be
/// fractions; what the target rectangle leaves free is background.
/// </summary>
/// <param name="X">Left edge of the part.</param>
/// <param name="Y">Upper edge of the part.</param>
/// <param name="Width">Width of the part.</param>
/// <param name="Height">Height of the part.</param>
/// <param name="Target">Where it goes on the canvas.</param>
/// <param name="Mirrored">Left and right are exchanged within the target rectangle.</param>
public readonly record struct PictureView(double X, double Y, double Width, double Height, TargetArea Target, bool Mirrored)
{
    /// <summary>Where a point of the upright picture lands on the canvas; outside of the target rectangle when it is cut away.</summary>
    public (double X, double Y) Map(double x, double y)
    {
        double u = (x - X) / Width;
        return (Target.X + ((Mirrored ? 1 - u : u) * Target.Width), Target.Y + ((y - Y) / Height * Target.Height));
    }
}

/// <summary>A rectangle of whole pixels on the canvas.</summary>
public readonly record struct TargetArea(int X, int Y, int Width, int Height);
