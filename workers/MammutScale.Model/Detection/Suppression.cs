namespace MammutScale.Model.Detection;

/// <summary>Non-maximum suppression.</summary>
public static class Suppression
{
    /// <summary>Goes through boxes by falling score and keeps each that overlaps none of the kept ones by more than a threshold.</summary>
    /// <param name="boxes">Boxes.</param>
    /// <param name="scores">One for each; of equal scores the earlier box goes first.</param>
    /// <param name="overlap">Largest intersection over union that is kept.</param>
    /// <param name="limit">At most so many are kept.</param>
    /// <returns>Indices of the kept boxes, by falling score.</returns>
    public static IReadOnlyList<int> Keep(IReadOnlyList<ImageBox> boxes, IReadOnlyList<float> scores, float overlap, int limit = int.MaxValue)
    {
        List<int> kept = [];
        foreach (int i in Enumerable.Range(0, boxes.Count).OrderByDescending(i => scores[i]))
        {
            if (kept.Count == limit)
                break;
            if (kept.TrueForAll(k => boxes[k].Overlap(boxes[i]) <= overlap))
                kept.Add(i);
        }
        return kept;
    }
}
