namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>
/// Resamples a part of an 8-bit BGR picture straight into float planes R, G, B, with a factor and a summand per plane: rows
/// first, where memory is contiguous, then pixels along the row. Keeps its scratch; one per thread.
/// </summary>
internal sealed unsafe class Resampler
{
    private readonly ResampleKernel _columns = new(), _rows = new();
    private float[] _line = [];

    /// <param name="source">BGR rows.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="part">The part to show, in source pixels.</param>
    /// <param name="target">Planes to write.</param>
    internal void Run(byte* source, int width, int height, int stride, SourcePart part, PlaneTarget target)
    {
        _columns.Prepare(width, part.X, part.Width, target.Width, target.Mirrored);
        _rows.Prepare(height, part.Y, part.Height, target.Height);
        int count = 3 * (_columns.End - _columns.First);
        // One float more: the last pixel is loaded as four.
        if (_line.Length < count + 1) _line = new float[count + 1];
        fixed (float* line = _line, planes = target.Planes, columnWeights = _columns.Weights, rowWeights = _rows.Weights)
        fixed (int* columnStarts = _columns.Starts, rowStarts = _rows.Starts)
        {
            byte* first = source + (3 * _columns.First);
            for (int y = 0; y < target.Height; y++)
            {
                RowBlend.Run(first + ((long)rowStarts[y] * stride), stride, rowWeights + (y * _rows.Taps), _rows.Taps, line, count);
                float* red = planes + target.Offset + ((long)y * target.Stride);
                PixelBlend.Run(line - (3 * _columns.First), columnStarts, columnWeights, _columns.Taps, target.Width, target.Scale, red, red + target.PlaneSize, red + (2 * target.PlaneSize));
            }
        }
    }
}

/// <summary>A part of the source in pixels; edges may be fractions.</summary>
internal readonly record struct SourcePart(double X, double Y, double Width, double Height);

/// <summary>A rectangle within three float planes R, G, B, and what to do with the pixel values.</summary>
internal readonly ref struct PlaneTarget
{
    internal required Span<float> Planes { get; init; }

    internal required int PlaneSize { get; init; }

    internal required int Offset { get; init; }

    internal required int Stride { get; init; }

    internal required int Width { get; init; }

    internal required int Height { get; init; }

    internal required PlaneScale Scale { get; init; }

    internal bool Mirrored { get; init; }
}
