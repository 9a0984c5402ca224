using OpenCvSharp;

namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>Brings what the decoder gives (1, 3 or 4 channels, 8 or 16 bits) to 8-bit BGR, laid over the background.</summary>
internal static class EightBitColour
{
    /// <returns>False for a pixel type that no supported format has.</returns>
    internal static bool Make(Mat picture, Ground ground)
    {
        if (picture.Depth() == MatType.CV_16U) picture.ConvertTo(picture, MatType.CV_8UC(picture.Channels()), 1.0 / 257);
        if (picture.Depth() != MatType.CV_8U) return false;
        switch (picture.Channels())
        {
            case 3: return true;
            case 1: Cv2.CvtColor(picture, picture, ColorConversionCodes.GRAY2BGR); return true;
            case 4: Flatten(picture, ground); return true;
            default: return false;
        }
    }

    private static unsafe void Flatten(Mat picture, Ground ground)
    {
        int width = picture.Width, height = picture.Height, stride = (int)picture.Step();
        // Rows keep their place: the stride of four channels serves three as well, so only pixels within a row move.
        for (int y = 0; y < height; y++)
            AlphaBlend.OverInPlace(new Span<byte>((void*)picture.Ptr(y), stride), width, ground);
    }
}
