namespace MammutScale.Model.Detection;

/// <summary>What became of a detection.</summary>
internal readonly record struct MatchedBox(double Score, bool Hit, bool Ignored);

/// <summary>COCO's matching of the detections of one class in one picture, in one range of areas.</summary>
internal sealed class PictureMatches
{
    private readonly MatchedBox[][] _matches;

    private PictureMatches(int objects, MatchedBox[][] matches) => (Objects, _matches) = (objects, matches);

    /// <summary>Objects that should be found.</summary>
    public int Objects { get; }

    /// <summary>The detections at an overlap, by falling score.</summary>
    public IReadOnlyList<MatchedBox> Of(int overlap) => _matches[overlap];

    public static PictureMatches Of(TrueObject[] objects, ScoredBox[] detections, (double Least, double Most) area, double[] overlaps, int limit)
    {
        // false sorts before true, and the sort is stable
        TrueObject[] truth = [.. objects.OrderBy(Ignored)];
        ScoredBox[] found = [.. detections.OrderByDescending(d => d.Score).Take(limit)];
        double[][] shared = [.. found.Select(d => truth.Select(o => Overlap(d, o)).ToArray())];
        return new(truth.Count(o => !Ignored(o)), [.. overlaps.Select(At)]);

        bool Ignored(TrueObject o) => o.Crowd || Outside(o.Area, area);

        MatchedBox[] At(double overlap)
        {
            var taken = new bool[truth.Length];
            return [.. found.Select((d, i) => One(d, shared[i], overlap, taken))];
        }

        MatchedBox One(ScoredBox detection, double[] shares, double overlap, bool[] taken)
        {
            (double best, int match) = (Math.Min(overlap, 1 - 1e-10), -1);
            for (int i = 0; i < truth.Length; i++)
            {
                if (taken[i] && !truth[i].Crowd)
                    continue;
                if (match >= 0 && !Ignored(truth[match]) && Ignored(truth[i]))
                    break;
                if (shares[i] >= best)
                    (best, match) = (shares[i], i);
            }
            if (match < 0)
                return new(detection.Score, false, Outside(detection.Width * detection.Height, area));
            taken[match] = true;
            return new(detection.Score, true, Ignored(truth[match]));
        }
    }

    private static bool Outside(double value, (double Least, double Most) area) => value < area.Least || value > area.Most;

    // of a crowd only the detection's own area counts
    private static double Overlap(ScoredBox d, TrueObject o)
    {
        double width = Math.Min(d.X + d.Width, o.X + o.Width) - Math.Max(d.X, o.X);
        double height = Math.Min(d.Y + d.Height, o.Y + o.Height) - Math.Max(d.Y, o.Y);
        if (width <= 0 || height <= 0)
            return 0;
        double common = width * height;
        return o.Crowd ? common / (d.Width * d.Height) : common / ((d.Width * d.Height) + (o.Width * o.Height) - common);
    }
}
