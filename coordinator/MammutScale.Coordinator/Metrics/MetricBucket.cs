namespace MammutScale.Coordinator.Metrics;

/// <summary>Consecutive steps summed up: count, ends, and by series minimum, maximum, sum and last. Non-finite values enter only into Last.</summary>
internal sealed class MetricBucket
{
    private readonly double[] _min = Filled(double.PositiveInfinity);
    private readonly double[] _max = Filled(double.NegativeInfinity);
    private readonly double[] _sum = new double[Series.Count];
    private readonly int[] _finite = new int[Series.Count];
    private readonly double[] _last = new double[Series.Count];

    public long FirstStep { get; private set; } = long.MaxValue;

    public long LastStep { get; private set; } = long.MinValue;

    /// <summary>Unix milliseconds of the last step.</summary>
    public long At { get; private set; }

    public int Count { get; private set; }

    public int NonFinite { get; private set; }

    public double Min(int series) => _finite[series] > 0 ? _min[series] : double.NaN;

    public double Max(int series) => _finite[series] > 0 ? _max[series] : double.NaN;

    public double Mean(int series) => _finite[series] > 0 ? _sum[series] / _finite[series] : double.NaN;

    public double Last(int series) => _last[series];

    public void Add(StepPoint point)
    {
        FirstStep = Math.Min(FirstStep, point.Step);
        LastStep = point.Step;
        At = point.At;
        Count++;
        if (!point.IsFinite) NonFinite++;
        for (var s = 0; s < _last.Length; s++)
        {
            var value = _last[s] = point.Values[s];
            if (!double.IsFinite(value)) continue;
            _min[s] = Math.Min(_min[s], value);
            _max[s] = Math.Max(_max[s], value);
            _sum[s] += value;
            _finite[s]++;
        }
    }

    /// <summary>Takes in the steps of a later bucket.</summary>
    public void Add(MetricBucket later)
    {
        FirstStep = Math.Min(FirstStep, later.FirstStep);
        LastStep = later.LastStep;
        At = later.At;
        Count += later.Count;
        NonFinite += later.NonFinite;
        for (var s = 0; s < _last.Length; s++)
        {
            _last[s] = later._last[s];
            _min[s] = Math.Min(_min[s], later._min[s]);
            _max[s] = Math.Max(_max[s], later._max[s]);
            _sum[s] += later._sum[s];
            _finite[s] += later._finite[s];
        }
    }

    private static double[] Filled(double value)
    {
        var all = new double[Series.Count];
        Array.Fill(all, value);
        return all;
    }
}

/// <summary>One step of the history.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Values">By series.</param>
internal sealed record StepPoint(long Step, long At, bool IsFinite, double[] Values);
