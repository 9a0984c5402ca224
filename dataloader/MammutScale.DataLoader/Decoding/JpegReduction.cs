using MammutScale.DataLoader.Decoding.Headers;
using MammutScale.DataLoader.Decoding.Views;
using OpenCvSharp;

namespace MammutScale.DataLoader.Decoding;

/// <summary>
/// A JPEG can be decoded at 1/2, 1/4 or 1/8 of its size for a fraction of the work. Taken when what is left of the part that is
/// shown still has a pixel for every pixel of the target.
/// </summary>
internal static class JpegReduction
{
    internal static int For(PictureHeader header, PictureView view)
    {
        if (header.Format != PictureFormat.Jpeg) return 1;
        double spare = Math.Min(view.Width / view.Target.Width, view.Height / view.Target.Height);
        return spare >= 8 ? 8 : spare >= 4 ? 4 : spare >= 2 ? 2 : 1;
    }

    internal static ImreadModes Mode(int reduction) => ImreadModes.IgnoreOrientation | reduction switch
    {
        2 => ImreadModes.ReducedColor2,
        4 => ImreadModes.ReducedColor4,
        8 => ImreadModes.ReducedColor8,
        _ => ImreadModes.Color,
    };
}
