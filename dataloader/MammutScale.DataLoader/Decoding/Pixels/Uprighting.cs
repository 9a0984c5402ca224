using OpenCvSharp;

namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>Turns a decoded picture so that it stands as its EXIF orientation says (EXIF 2.3, table 6).</summary>
internal static class Uprighting
{
    internal static void Turn(Mat picture, int orientation)
    {
        if (orientation >= 5) Cv2.Transpose(picture, picture);
        switch (orientation)
        {
            case 2 or 6: Cv2.Flip(picture, picture, FlipMode.Y); break;
            case 3 or 7: Cv2.Flip(picture, picture, FlipMode.XY); break;
            case 4 or 8: Cv2.Flip(picture, picture, FlipMode.X); break;
        }
    }
}
