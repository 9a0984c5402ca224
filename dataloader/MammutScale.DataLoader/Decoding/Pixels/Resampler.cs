using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>
/// Resamples a part of an 8-bit BGR picture straight into float planes R, G, B, with a factor and a summand per plane. Rows first
/// (contiguous, so one multiply-add serves eight values), then pixels along the row. Keeps its scratch; one per thread.
/// </summary>
internal sealed class Resampler
{
    private readonly ResampleKernel _columns = new(), _rows = new();
    private float[] _line = [];

    /// <param name="source">BGR rows.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="part">The part to show, in source pixels.</param>
    /// <param name="target">Planes to write.</param>
    internal void Run(ReadOnlySpan<byte> source, int width, int height, int stride, SourcePart part, PlaneTarget target)
    {
        _columns.Prepare(width, part.X, part.Width, target.Width);
        _rows.Prepare(height, part.Y, part.Height, target.Height);
        int firstColumn = _columns.Start(0), lastColumn = _columns.Start(target.Width - 1) + _columns.Taps;
        int bytes = 3 * (lastColumn - firstColumn);
        if (_line.Length < bytes + 1) _line = new float[bytes + 1];
        for (int y = 0; y < target.Height; y++)
        {
            Blend(source[(3 * firstColumn)..], stride, _rows.Start(y), _rows.Weights(y), _line.AsSpan(0, bytes));
            WriteRow(_line, firstColumn, y, target);
        }
    }

    /// <summary>line = Σ weight × row.</summary>
    private static void Blend(ReadOnlySpan<byte> source, int stride, int firstRow, ReadOnlySpan<float> weights, Span<float> line)
    {
        int count = line.Length, vectors = count - (count % 16);
        ref float to = ref MemoryMarshal.GetReference(line);
        for (int x = 0; x < vectors; x += 16)
        {
            Vector256<float> low = default, high = default;
            for (int k = 0; k < weights.Length; k++)
            {
                var bytes = Vector128.LoadUnsafe(ref Unsafe.Add(ref MemoryMarshal.GetReference(source), ((firstRow + k) * stride) + x));
                var (a, b) = Vector128.Widen(bytes);
                var w = Vector256.Create(weights[k]);
                low = Vector256.FusedMultiplyAdd(ToSingle(a), w, low);
                high = Vector256.FusedMultiplyAdd(ToSingle(b), w, high);
            }
            low.StoreUnsafe(ref Unsafe.Add(ref to, x));
            high.StoreUnsafe(ref Unsafe.Add(ref to, x + 8));
        }
        for (int x = vectors; x < count; x++)
        {
            float sum = 0;
            for (int k = 0; k < weights.Length; k++) sum = MathF.FusedMultiplyAdd(source[((firstRow + k) * stride) + x], weights[k], sum);
            line[x] = sum;
        }
    }

    private static Vector256<float> ToSingle(Vector128<ushort> values)
    {
        var (low, high) = Vector128.Widen(values);
        return Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32());
    }

    private void WriteRow(ReadOnlySpan<float> line, int firstColumn, int y, PlaneTarget target)
    {
        var factor = target.Factor;
        var summand = target.Summand;
        var top = Vector128.Create(255f);
        int at = target.Offset + (y * target.Stride), step = target.Mirrored ? -1 : 1;
        if (target.Mirrored) at += target.Width - 1;
        var planes = target.Planes;
        for (int x = 0; x < target.Width; x++, at += step)
        {
            // Three of the four lanes are this pixel's blue, green and red; the fourth is the next pixel's and is not used.
            ref float pixel = ref Unsafe.Add(ref MemoryMarshal.GetReference(line), 3 * (_columns.Start(x) - firstColumn));
            Vector128<float> sum = default;
            var weights = _columns.Weights(x);
            for (int k = 0; k < weights.Length; k++)
                sum = Vector128.FusedMultiplyAdd(Vector128.LoadUnsafe(ref Unsafe.Add(ref pixel, 3 * k)), Vector128.Create(weights[k]), sum);
            // The kernel has negative lobes: edges overshoot, as with any 8-bit resampler they are clamped.
            sum = Vector128.FusedMultiplyAdd(Vector128.Min(Vector128.Max(sum, Vector128<float>.Zero), top), factor, summand);
            planes[at] = sum[2];
            planes[at + target.PlaneSize] = sum[1];
            planes[at + (2 * target.PlaneSize)] = sum[0];
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

    internal bool Mirrored { get; init; }

    /// <summary>In the order blue, green, red, unused.</summary>
    internal Vector128<float> Factor { get; init; }

    internal Vector128<float> Summand { get; init; }
}
