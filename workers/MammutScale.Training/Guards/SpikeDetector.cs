namespace MammutScale.Training.Guards;

/// <summary>Finds losses far above their recent mean. Spikes do not enter the mean; a lasting change of level does, after a window of it.</summary>
internal sealed class SpikeDetector(double deviations, int window)
{
    /// <summary>Losses wobble by at least this share of their mean, whatever the window says.</summary>
    private const double LeastShare = 0.02;
    private readonly Queue<double> _recent = new();

    /// <summary>Spikes without an ordinary loss in between.</summary>
    public int InARow { get; private set; }

    /// <summary>Takes the next loss; true when it is a spike.</summary>
    public bool Next(double loss)
    {
        var (mean, deviation) = Statistics();
        var spike = deviations > 0 && _recent.Count >= window && double.IsFinite(loss) && loss > mean + deviations * deviation;
        InARow = spike ? InARow + 1 : 0;
        if (!double.IsFinite(loss) || (spike && InARow <= window)) return spike;
        _recent.Enqueue(loss);
        if (_recent.Count > window) _recent.Dequeue();
        return spike;
    }

    public void Reset()
    {
        _recent.Clear();
        InARow = 0;
    }

    private (double Mean, double Deviation) Statistics()
    {
        if (_recent.Count == 0) return (0, 0);
        var mean = _recent.Average();
        var variance = _recent.Sum(x => (x - mean) * (x - mean)) / _recent.Count;
        return (mean, Math.Max(Math.Sqrt(variance), LeastShare * Math.Abs(mean)));
    }
}
