using OpenCvSharp;

namespace MammutScale.DataLoader.Scenes.Artwork;

/// <summary>A square canvas that objects are laid on.</summary>
internal sealed class Stage : IDisposable
{
    private readonly Mat _canvas;
    private readonly int _size;

    internal Stage(int size, Scalar ground) => (_size, _canvas) = (size, new Mat(size, size, MatType.CV_8UC3, ground));

    internal Mat Canvas => _canvas;

    /// <summary>Lays an object with its upper left corner at x, y; what lies beyond the edge is cut.</summary>
    /// <param name="paint">Null for its own colours; else its shades in this colour.</param>
    internal unsafe void Put(ObjectArt art, Paint? paint, int x, int y, int side)
    {
        fixed (byte* source = art.Pixels)
        {
            using var drawing = Mat.FromPixelData(art.Side, art.Side, MatType.CV_8UC4, (nint)source);
            using var scaled = new Mat();
            Cv2.Resize(drawing, scaled, new Size(side, side), 0, 0, InterpolationFlags.Area);
            byte* from = scaled.DataPointer, to = _canvas.DataPointer;
            long fromStep = scaled.Step(), toStep = _canvas.Step();
            for (int row = Math.Max(0, -y); row < Math.Min(side, _size - y); row++)
            {
                for (int column = Math.Max(0, -x); column < Math.Min(side, _size - x); column++)
                {
                    byte* p = from + (row * fromStep) + (4 * column), q = to + ((row + y) * toStep) + (3 * (column + x));
                    var (blue, green, red) = paint is null ? (p[0], p[1], p[2]) : Shade(paint, p[0], p[1], p[2]);
                    int alpha = p[3];
                    q[0] = (byte)(((blue * alpha) + (q[0] * (255 - alpha)) + 127) / 255);
                    q[1] = (byte)(((green * alpha) + (q[1] * (255 - alpha)) + 127) / 255);
                    q[2] = (byte)(((red * alpha) + (q[2] * (255 - alpha)) + 127) / 255);
                }
            }
        }
    }

    public void Dispose() => _canvas.Dispose();

    /// <summary>Keeps light and dark of the drawing, in one colour.</summary>
    private static (byte Blue, byte Green, byte Red) Shade(Paint paint, int blue, int green, int red)
    {
        int light = 120 + (((29 * blue) + (150 * green) + (77 * red)) * 135 / (256 * 255));
        return ((byte)(paint.Blue * light / 255), (byte)(paint.Green * light / 255), (byte)(paint.Red * light / 255));
    }
}
