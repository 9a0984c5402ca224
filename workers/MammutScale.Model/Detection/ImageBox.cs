namespace MammutScale.Model.Detection;

/// <summary>A box in pixels; right and bottom are edges, not pixels.</summary>
public readonly record struct ImageBox(float Left, float Top, float Right, float Bottom)
{
    public float Width => Right - Left;

    public float Height => Bottom - Top;

    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>Intersection over union, 0 where both are empty.</summary>
    public float Overlap(ImageBox other)
    {
        float width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        float height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        if (width <= 0 || height <= 0)
            return 0;
        float common = width * height;
        return common / (Area + other.Area - common);
    }

    /// <summary>The part inside a picture.</summary>
    public ImageBox Clipped(float width, float height) =>
        new(Math.Clamp(Left, 0, width), Math.Clamp(Top, 0, height), Math.Clamp(Right, 0, width), Math.Clamp(Bottom, 0, height));
}
