namespace MammutScale.Model.Detection;

/// <summary>The cells of one pyramid level.</summary>
/// <param name="Rows">Cells down.</param>
/// <param name="Columns">Cells across.</param>
/// <param name="Stride">Pixels of a cell.</param>
internal readonly record struct LevelGrid(int Rows, int Columns, double Stride)
{
    public int Count => Rows * Columns;

    /// <summary>The centre of a cell, row by row, in pixels.</summary>
    public (float X, float Y) Centre(int cell) => ((float)(((cell % Columns) + 0.5) * Stride), (float)(((cell / Columns) + 0.5) * Stride));
}

/// <summary>What the proposal head should say at each location (FCOS): which object it lies in, and how centrally.</summary>
internal static class ProposalTargets
{
    // objects up to so many strides from a location to their farthest edge belong to its level
    private const double Reach = 8;

    /// <param name="levels">Finest first.</param>
    /// <param name="objects">Boxes.</param>
    /// <returns>For each location of all levels the object, −1 = none, and its centreness.</returns>
    public static (int[] Objects, float[] Centreness) Assign(IReadOnlyList<LevelGrid> levels, IReadOnlyList<ImageBox> objects)
    {
        int count = levels.Sum(l => l.Count), at = 0;
        (int[] chosen, float[] centreness) = (new int[count], new float[count]);
        for (int level = 0; level < levels.Count; level++)
        {
            double least = level == 0 ? 0 : Reach * levels[level - 1].Stride;
            double most = level == levels.Count - 1 ? double.PositiveInfinity : Reach * levels[level].Stride;
            for (int cell = 0; cell < levels[level].Count; cell++, at++)
            {
                (float x, float y) = levels[level].Centre(cell);
                chosen[at] = Smallest(objects, x, y, least, most);
                centreness[at] = chosen[at] < 0 ? 0 : Centreness(objects[chosen[at]], x, y);
            }
        }
        return (chosen, centreness);
    }

    /// <summary>√(least / largest distance across · the same down): 1 in the centre, 0 on the edge.</summary>
    public static float Centreness(ImageBox box, float x, float y)
    {
        (float left, float right, float top, float bottom) = (x - box.Left, box.Right - x, y - box.Top, box.Bottom - y);
        return MathF.Sqrt(Math.Min(left, right) / Math.Max(left, right) * (Math.Min(top, bottom) / Math.Max(top, bottom)));
    }

    private static int Smallest(IReadOnlyList<ImageBox> objects, float x, float y, double least, double most)
    {
        int best = -1;
        for (int i = 0; i < objects.Count; i++)
        {
            ImageBox box = objects[i];
            float near = Math.Min(Math.Min(x - box.Left, box.Right - x), Math.Min(y - box.Top, box.Bottom - y));
            float far = Math.Max(Math.Max(x - box.Left, box.Right - x), Math.Max(y - box.Top, box.Bottom - y));
            if (near > 0 && far >= least && far < most && (best < 0 || box.Area < objects[best].Area))
                best = i;
        }
        return best;
    }
}
