using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>A region of one picture of a batch.</summary>
public readonly record struct Roi(int Picture, ImageBox Box);

/// <summary>
/// RoIAlign (Mask R-CNN) with half-pixel centres: each cell of a region's grid is the mean of samples × samples bilinear samples of the
/// feature map. It is linear in the map, so it is one product with a sparse matrix.
/// </summary>
public static class RoiAlign
{
    /// <param name="map">[B, C, H, W] float32.</param>
    /// <param name="regions">K regions in pixels.</param>
    /// <param name="stride">Pixels of a cell of the map.</param>
    /// <param name="size">Side of each region's grid.</param>
    /// <param name="samples">Along each side of a grid cell.</param>
    /// <returns>[K, C, size, size].</returns>
    public static Tensor Apply(Tensor map, IReadOnlyList<Roi> regions, double stride, int size, int samples = 2)
    {
        (long batch, long channels, int rows, int columns) = (map.shape[0], map.shape[1], (int)map.shape[2], (int)map.shape[3]);
        if (regions.Count == 0)
            return zeros([0, channels, size, size], dtype: map.dtype, device: map.device);
        List<long> cells = [], places = [];
        List<float> weights = [];
        long cell = 0;
        foreach (Roi region in regions)
        {
            List<(int Place, float Weight)>[] down = Samples(region.Box.Top / stride, region.Box.Bottom / stride, rows, size, samples);
            List<(int Place, float Weight)>[] across = Samples(region.Box.Left / stride, region.Box.Right / stride, columns, size, samples);
            foreach (List<(int Place, float Weight)> vertical in down)
            {
                foreach (List<(int Place, float Weight)> horizontal in across)
                {
                    foreach ((int y, float wy) in vertical)
                    {
                        foreach ((int x, float wx) in horizontal)
                        {
                            cells.Add(cell);
                            places.Add((((long)region.Picture * rows) + y) * columns + x);
                            weights.Add(wy * wx);
                        }
                    }
                    cell++;
                }
            }
        }
        Tensor indices = tensor(cells.Concat(places).ToArray(), [2, cells.Count], device: map.device);
        Tensor sampling = sparse_coo_tensor(indices, tensor(weights.ToArray(), device: map.device), [cell, batch * rows * columns]);
        Tensor pooled = sampling.mm(map.permute(0, 2, 3, 1).reshape(-1, channels));
        return pooled.view(regions.Count, size, size, channels).permute(0, 3, 1, 2);
    }

    // the places and weights that make the mean of a grid cell along one axis
    private static List<(int Place, float Weight)>[] Samples(double from, double to, int length, int size, int samples)
    {
        var cells = new List<(int, float)>[size];
        double step = (to - from) / (size * samples);
        for (int cell = 0; cell < size; cell++)
        {
            Dictionary<int, float> sum = [];
            for (int i = 0; i < samples; i++)
            {
                double at = from - 0.5 + ((((cell * samples) + i) + 0.5) * step);
                if (at < -1 || at > length)
                    continue; // outside counts as zero
                at = Math.Clamp(at, 0, length - 1);
                int low = (int)at, high = Math.Min(low + 1, length - 1);
                float share = (float)(at - low);
                sum[low] = sum.GetValueOrDefault(low) + ((1 - share) / samples);
                sum[high] = sum.GetValueOrDefault(high) + (share / samples);
            }
            cells[cell] = [.. sum.Select(s => (s.Key, s.Value))];
        }
        return cells;
    }
}
