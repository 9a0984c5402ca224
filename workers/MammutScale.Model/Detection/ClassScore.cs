namespace MammutScale.Model.Detection;

/// <summary>Precision and recall of one class, for every range of areas and every overlap.</summary>
internal sealed class ClassScore
{
    private const int RecallPoints = 101;

    // numpy.spacing(1)
    private const double Epsilon = 2.220446049250313e-16;
    private static readonly int[] Limits = [1, 10, 100];

    // numpy.linspace(0.5, 0.95, 10): the ninth falls short of 0.9
    private static readonly double[] Overlaps = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95];
    private readonly Dictionary<(int Area, int Overlap, int Limit), (double[] Precision, double Recall)> _cells = [];

    private ClassScore()
    {
    }

    public static ClassScore Of(TrueObject[] objects, ScoredBox[] detections, (double Least, double Most)[] areas)
    {
        ClassScore score = new();
        ILookup<long, TrueObject> truth = objects.ToLookup(o => o.Picture);
        ILookup<long, ScoredBox> found = detections.ToLookup(d => d.Picture);
        long[] pictures = [.. truth.Select(g => g.Key).Union(found.Select(g => g.Key)).Order()];
        for (int area = 0; area < areas.Length; area++)
        {
            PictureMatches[] matches = [.. pictures.Select(p => PictureMatches.Of([.. truth[p]], [.. found[p]], areas[area], Overlaps, Limits[^1]))];
            int count = matches.Sum(m => m.Objects);
            if (count == 0)
                continue;
            for (int overlap = 0; overlap < Overlaps.Length; overlap++)
            {
                foreach (int limit in Limits)
                    score._cells[(area, overlap, limit)] = Curve([.. matches.SelectMany(m => m.Of(overlap).Take(limit)).OrderByDescending(m => m.Score)], count);
            }
        }
        return score;
    }

    /// <summary>Precision at all recall points, limit 100; of one overlap or all. Nothing if there is no object.</summary>
    public IEnumerable<double> Precisions(int area, int? overlap) =>
        _cells.Where(c => c.Key.Area == area && c.Key.Limit == 100 && (overlap is null || c.Key.Overlap == overlap)).SelectMany(c => c.Value.Precision);

    /// <summary>Recall at all overlaps.</summary>
    public IEnumerable<double> Recalls(int area, int limit) =>
        _cells.Where(c => c.Key.Area == area && c.Key.Limit == limit).Select(c => c.Value.Recall);

    private static (double[] Precision, double Recall) Curve(MatchedBox[] matches, int count)
    {
        (double[] precision, double[] recall) = (new double[matches.Length], new double[matches.Length]);
        (int hits, int errors) = (0, 0);
        for (int i = 0; i < matches.Length; i++)
        {
            if (!matches[i].Ignored)
                (hits, errors) = matches[i].Hit ? (hits + 1, errors) : (hits, errors + 1);
            recall[i] = hits / (double)count;
            precision[i] = hits / (errors + hits + Epsilon);
        }
        for (int i = precision.Length - 2; i >= 0; i--)
            precision[i] = Math.Max(precision[i], precision[i + 1]);
        var points = new double[RecallPoints];
        for (int point = 0, at = 0; point < RecallPoints; point++)
        {
            while (at < recall.Length && recall[at] < point * 0.01)
                at++;
            points[point] = at < recall.Length ? precision[at] : 0;
        }
        return (points, recall.LastOrDefault());
    }
}
