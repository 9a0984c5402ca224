namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>
/// Weights of a bicubic interpolation (Keys 1981, a = −0.5) along one axis. When shrinking, the kernel is stretched so that every
/// source pixel counts (no aliasing): the same definition as Pillow's BICUBIC and torchvision's antialias.
/// </summary>
internal sealed class ResampleKernel
{
    private float[] _weights = [];
    private int[] _starts = [];

    /// <summary>Weights per output pixel, zero-padded: the same for all of them.</summary>
    internal int Taps { get; private set; }

    /// <summary>First source pixel that any output needs.</summary>
    internal int First { get; private set; }

    /// <summary>The source pixel after the last one needed.</summary>
    internal int End { get; private set; }

    /// <summary>First source pixel of every output pixel.</summary>
    internal ReadOnlySpan<int> Starts => _starts;

    /// <summary>[outputs, <see cref="Taps"/>].</summary>
    internal ReadOnlySpan<float> Weights => _weights;

    /// <param name="sourceLength">Pixels of the whole source along the axis.</param>
    /// <param name="from">Start of the part that is shown.</param>
    /// <param name="length">Length of the part that is shown.</param>
    /// <param name="outputs">Pixels to make of it.</param>
    /// <param name="reversed">The last output comes first.</param>
    internal void Prepare(int sourceLength, double from, double length, int outputs, bool reversed = false)
    {
        double scale = length / outputs, stretch = Math.Max(1, scale), support = 2 * stretch;
        Taps = Math.Min(sourceLength, (int)Math.Ceiling(2 * support));
        if (_starts.Length < outputs) _starts = new int[outputs];
        if (_weights.Length < outputs * Taps) _weights = new float[outputs * Taps];
        (First, End) = (sourceLength, 0);
        for (int i = 0; i < outputs; i++)
        {
            double centre = from + ((i + 0.5) * scale);
            int low = Math.Max(0, (int)(centre - support + 0.5)), high = Math.Min(sourceLength, (int)(centre + support + 0.5));
            int start = Math.Clamp(low, 0, sourceLength - Taps), output = reversed ? outputs - 1 - i : i;
            Fill(_weights.AsSpan(output * Taps, Taps), start, low, high, centre, stretch);
            _starts[output] = start;
            (First, End) = (Math.Min(First, start), Math.Max(End, start + Taps));
        }
    }

    private static void Fill(Span<float> weights, int start, int low, int high, double centre, double stretch)
    {
        double sum = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            int pixel = start + k;
            double w = pixel >= low && pixel < high ? Cubic((pixel - centre + 0.5) / stretch) : 0;
            weights[k] = (float)w;
            sum += w;
        }
        float back = (float)(1 / sum);
        foreach (ref float w in weights) w *= back;
    }

    private static double Cubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        if (x < 1) return (((A + 2) * x) - (A + 3)) * x * x + 1;
        return x < 2 ? ((((x - 5) * x) + 8) * x - 4) * A : 0;
    }
}
