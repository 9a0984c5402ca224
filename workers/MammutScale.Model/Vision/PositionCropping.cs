using MammutScale.Model.Configuration;
using MammutScale.Model.Layers;
using static TorchSharp.torch;

namespace MammutScale.Model.Vision;

/// <summary>A box of the enlarged position map, in its index coordinates.</summary>
public readonly record struct PositionBox(double Top, double Left, double Bottom, double Right);

/// <summary>
/// Cropped positional embedding: enlarging the position grid (bilinear, half-pixel centres) and sampling a box of it back to
/// the grid (one bilinear sample at the centre of each cell, raw index coordinates) are both linear and separable, so they are
/// done together as two small matrices a picture.
/// </summary>
public static class PositionCropping
{
    private const int Attempts = 10;

    /// <summary>Random boxes: area and aspect as configured (aspect uniform in its logarithm), place uniform.</summary>
    /// <param name="config">Limits.</param>
    /// <param name="random">Draws; the same sequence gives the same boxes.</param>
    /// <param name="count">Boxes wanted.</param>
    public static PositionBox[] Draw(CroppedPositionConfig config, Random random, int count)
    {
        var boxes = new PositionBox[count];
        for (int i = 0; i < count; i++)
            boxes[i] = Draw(config, random);
        return boxes;
    }

    private static PositionBox Draw(CroppedPositionConfig config, Random random)
    {
        double side = config.MapSize;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double area = side * side * Uniform(config.MinArea, config.MaxArea);
            double aspect = Math.Exp(Uniform(Math.Log(config.MinAspect), Math.Log(config.MaxAspect)));
            (double height, double width) = (Math.Sqrt(area / aspect), Math.Sqrt(area * aspect));
            if (height > side || width > side)
                continue;
            (double top, double left) = (Uniform(0, side - height), Uniform(0, side - width));
            return new(top, left, top + height, left + width);
        }
        return new(0, 0, side, side);

        double Uniform(double from, double to) => from + ((to - from) * random.NextDouble());
    }

    /// <summary>The position embedding of each picture.</summary>
    /// <param name="positions">The whole grid's, [g·g, w].</param>
    /// <param name="boxes">A box for each picture, [B].</param>
    /// <param name="mapSize">Side of the enlarged map.</param>
    /// <returns>[B, g·g, w].</returns>
    internal static Tensor Crop(Tensor positions, IReadOnlyList<PositionBox> boxes, int mapSize)
    {
        (int grid, int batch, long width) = ((int)Math.Sqrt(positions.shape[0]), boxes.Count, positions.shape[1]);
        float[,] enlarge = Enlarge(grid, mapSize);
        var rows = new float[batch * grid * grid];
        var columns = new float[batch * grid * grid];
        for (int b = 0; b < batch; b++)
        {
            Sample(enlarge, boxes[b].Top, boxes[b].Bottom, rows.AsSpan(b * grid * grid, grid * grid), grid);
            Sample(enlarge, boxes[b].Left, boxes[b].Right, columns.AsSpan(b * grid * grid, grid * grid), grid);
        }
        Tensor vertical = tensor(rows).to(positions.dtype).to(positions.device).view(batch * grid, grid);
        Tensor horizontal = tensor(columns).to(positions.dtype).to(positions.device).view(batch, 1, grid, grid);
        Tensor half = Products.Multiply(vertical, positions.view(grid, grid * width)).view(batch, grid, grid, width);
        return Products.Multiply(horizontal, half).view(batch, grid * grid, width);
    }

    /// <summary>Row y holds the weights of the g grid cells in the value at index y of the enlarged map.</summary>
    private static float[,] Enlarge(int grid, int mapSize)
    {
        var weights = new float[mapSize, grid];
        for (int y = 0; y < mapSize; y++)
        {
            double source = Math.Clamp(((y + 0.5) * grid / mapSize) - 0.5, 0, grid - 1);
            int low = (int)source;
            weights[y, low] += (float)(1 - (source - low));
            weights[y, Math.Min(low + 1, grid - 1)] += (float)(source - low);
        }
        return weights;
    }

    private static void Sample(float[,] enlarge, double from, double to, Span<float> result, int grid)
    {
        int last = enlarge.GetLength(0) - 1;
        for (int i = 0; i < grid; i++)
        {
            double at = from + ((i + 0.5) * (to - from) / grid);
            double low = Math.Max(Math.Floor(at), 0), share = at - low;
            (int lower, int upper) = ((int)Math.Min(low, last), (int)Math.Min(low + 1, last));
            for (int cell = 0; cell < grid; cell++)
                result[(i * grid) + cell] = (float)(((1 - share) * enlarge[lower, cell]) + (share * enlarge[upper, cell]));
        }
    }
}
