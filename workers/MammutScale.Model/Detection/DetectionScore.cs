namespace MammutScale.Model.Detection;

/// <summary>
/// COCO's detection scores (`cocodataset/cocoapi`, cocoeval): means over overlaps 0.50, 0.55 … 0.95, 101 recall points and classes.
/// A score without any object to find is −1 and takes part in no mean.
/// </summary>
/// <param name="Ap">Average precision.</param>
/// <param name="Ap50">At overlap 0.5.</param>
/// <param name="Ap75">At overlap 0.75.</param>
/// <param name="ApSmall">Of objects up to 32² pixels.</param>
/// <param name="ApMedium">Up to 96².</param>
/// <param name="ApLarge">Above.</param>
/// <param name="Ar1">Recall with 1 detection a picture and class.</param>
/// <param name="Ar10">With 10.</param>
/// <param name="Ar100">With 100.</param>
/// <param name="ArSmall">Recall of small objects.</param>
/// <param name="ArMedium">Of medium ones.</param>
/// <param name="ArLarge">Of large ones.</param>
public sealed record DetectionScore(
    double Ap, double Ap50, double Ap75, double ApSmall, double ApMedium, double ApLarge,
    double Ar1, double Ar10, double Ar100, double ArSmall, double ArMedium, double ArLarge)
{
    private static readonly (double Least, double Most)[] Areas = [(0, 1e10), (0, 1024), (1024, 9216), (9216, 1e10)];

    /// <summary>Scores detections; order of both lists decides among equals, as in COCO's own code.</summary>
    public static DetectionScore Of(IReadOnlyList<TrueObject> objects, IReadOnlyList<ScoredBox> detections)
    {
        List<ClassScore> all = [];
        ILookup<long, ScoredBox> byClass = detections.ToLookup(d => d.Class);
        foreach (IGrouping<long, TrueObject> one in objects.GroupBy(o => o.Class).OrderBy(g => g.Key))
            all.Add(ClassScore.Of([.. one], [.. byClass[one.Key]], Areas));
        double P(int area, int? overlap = null) => Mean(all.SelectMany(c => c.Precisions(area, overlap)));
        double R(int area, int limit) => Mean(all.SelectMany(c => c.Recalls(area, limit)));
        return new(P(0), P(0, 0), P(0, 5), P(1), P(2), P(3), R(0, 1), R(0, 10), R(0, 100), R(1, 100), R(2, 100), R(3, 100));
    }

    private static double Mean(IEnumerable<double> values)
    {
        double[] known = [.. values];
        return known.Length == 0 ? -1 : known.Average();
    }
}
