namespace MammutScale.Model.Tubes;

/// <summary>
/// TubeViT's fixed position embedding: sine and cosine of a token's centre in the clip's own frames and pixels. Channels come
/// in groups of six, (sin, cos) × (frame, column, row); group k of G = ⌊width / 6⌋ has the frequency τ^(−k / G). Channels past
/// the last whole group are zero.
/// </summary>
internal static class TubePositions
{
    private const int Group = 6;

    /// <summary>One row for each token of a tube, in the order of its tokens.</summary>
    /// <param name="tube">The tube.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="width">Channels.</param>
    /// <param name="tau">τ.</param>
    /// <returns>[tokens · width].</returns>
    public static float[] Of(Tube tube, Extent clip, int width, double tau)
    {
        Extent grid = tube.Grid(clip);
        var rows = new float[tube.Tokens(clip) * width];
        Extent reach = tube.Reach;
        int token = 0;
        for (int t = 0; t < grid.Frames; t++)
        {
            for (int y = 0; y < grid.Rows; y++)
            {
                for (int x = 0; x < grid.Columns; x++)
                {
                    Fill(rows.AsSpan(token++ * width, width), tau,
                        Centre(t, tube.Stride.Frames, tube.Offset.Frames, reach.Frames),
                        Centre(x, tube.Stride.Columns, tube.Offset.Columns, reach.Columns),
                        Centre(y, tube.Stride.Rows, tube.Offset.Rows, reach.Rows));
                }
            }
        }
        return rows;
    }

    private static double Centre(int index, int stride, int offset, int size) => (index * stride) + offset + (size / 2.0);

    private static void Fill(Span<float> row, double tau, double frame, double column, double line)
    {
        int groups = row.Length / Group;
        for (int k = 0; k < groups; k++)
        {
            double frequency = Math.Pow(tau, -k / (double)groups);
            Span<float> group = row.Slice(k * Group, Group);
            ((double sin0, double cos0), (double sin1, double cos1), (double sin2, double cos2)) =
                (Math.SinCos(frame * frequency), Math.SinCos(column * frequency), Math.SinCos(line * frequency));
            (group[0], group[1], group[2], group[3], group[4], group[5]) =
                ((float)sin0, (float)cos0, (float)sin1, (float)cos1, (float)sin2, (float)cos2);
        }
    }
}
