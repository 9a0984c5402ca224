using MammutScale.DataLoader.Decoding.Views;

namespace MammutScale.DataLoader.Decoding;

/// <summary>How pictures become tensors.</summary>
public sealed record PictureOptions
{
    /// <summary>Side S of the canvas in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>Which part is shown.</summary>
    public ViewPolicy View { get; init; } = new CentreCrop();

    /// <summary>Colour changes; null for none.</summary>
    public ColourJitter? Colour { get; init; }

    /// <summary>What lies behind transparent pixels and beside the picture.</summary>
    public Rgb Background { get; init; } = Rgb.White;

    public Normalisation Normalisation { get; init; } = Normalisation.Clip;

    public PictureLimits Limits { get; init; } = PictureLimits.Default;

    /// <summary>Floats of one picture: 3 × S × S.</summary>
    public int FloatsPerPicture => 3 * Size * Size;
}

/// <summary>An 8-bit colour.</summary>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    public static Rgb White { get; } = new(255, 255, 255);

    public static Rgb Black { get; }
}
