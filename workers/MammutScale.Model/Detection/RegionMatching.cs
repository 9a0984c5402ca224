namespace MammutScale.Model.Detection;

/// <summary>A region that the box head is trained on.</summary>
/// <param name="Region">Where it looks.</param>
/// <param name="Object">Index of the object it shows; −1 = background.</param>
internal readonly record struct MatchedRegion(ImageBox Region, int Object);

/// <summary>Which object each region shows, and which regions are trained on.</summary>
internal static class RegionMatching
{
    /// <summary>The object that overlaps a region most, if by at least the threshold; of equal overlaps the first.</summary>
    public static int Match(ImageBox region, IReadOnlyList<ImageBox> objects, float threshold)
    {
        (int best, float most) = (-1, 0);
        for (int i = 0; i < objects.Count; i++)
        {
            float overlap = region.Overlap(objects[i]);
            if (overlap > most)
                (best, most) = (i, overlap);
        }
        return most >= threshold ? best : -1;
    }

    /// <summary>At most <paramref name="count"/> of the regions and of the objects' own boxes: up to a share of objects, the rest background.</summary>
    public static MatchedRegion[] Sample(IEnumerable<ImageBox> regions, IReadOnlyList<ImageBox> objects, float threshold, int count, double foregroundShare, Random random)
    {
        MatchedRegion[] all = [.. regions.Concat(objects).Where(r => r.Area > 0).Select(r => new MatchedRegion(r, Match(r, objects, threshold)))];
        MatchedRegion[] foreground = [.. all.Where(m => m.Object >= 0)], background = [.. all.Where(m => m.Object < 0)];
        random.Shuffle(foreground);
        random.Shuffle(background);
        MatchedRegion[] chosen = [.. foreground.Take((int)(count * foregroundShare))];
        return [.. chosen, .. background.Take(count - chosen.Length)];
    }
}
