namespace MammutScale.DataLoader.Planning;

/// <summary>
/// A place 0 … L−1 for every lane at every depth of the mixture's tree. At the root lanes stand in their own order, which makes
/// the sum over lanes exact (Hermite's identity). Below, some lanes have seen one item more than others: there the places are
/// those of a Kronecker sequence, lane × an irrational number, another one at every depth, so that any such group of lanes is
/// spread evenly and its sum stays near the exact share.
/// </summary>
internal sealed class LanePhases
{
    private readonly int[][] _places;

    public LanePhases(int lanes, int sources)
    {
        double[] steps = [(Math.Sqrt(5) - 1) / 2, Math.Sqrt(2) - 1, Math.Sqrt(3) - 1, Math.Sqrt(7) - 2, Math.Sqrt(11) - 3, Math.Sqrt(13) - 3];
        var depths = 1;
        while (1 << depths < sources)
            depths++;
        _places = new int[depths][];
        for (var depth = 0; depth < depths; depth++)
        {
            var step = depth == 0 ? 1.0 / (lanes + 1) : steps[(depth - 1) % steps.Length];
            var order = Enumerable.Range(0, lanes).OrderBy(lane => (lane + 0.5) * step % 1).ToArray();
            _places[depth] = new int[lanes];
            for (var place = 0; place < lanes; place++)
                _places[depth][order[place]] = place;
        }
    }

    public int this[int depth, int lane] => _places[depth][lane];
}
