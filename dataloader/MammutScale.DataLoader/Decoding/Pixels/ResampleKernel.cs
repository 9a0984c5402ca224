namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>
/// Weights of a bicubic interpolation (Keys 1981, a = −0.5) along one axis. When shrinking, the kernel is stretched so that every
/// source pixel counts (no aliasing): the same definition as Pillow's BICUBIC and torchvision's antialias.
/// </summary>
internal sealed class ResampleKernel
{
    private float[] _weights = [];
    private int[] _starts = [];

    /// <summary>Weights per output pixel, zero-padded.</summary>
    internal int Taps { get; private set; }

    /// <summary>First source pixel of an output pixel.</summary>
    internal int Start(int output) => _starts[output];

    internal ReadOnlySpan<float> Weights(int output) => _weights.AsSpan(output * Taps, Taps);

    /// <param name="sourceLength">Pixels of the whole source along the axis.</param>
    /// <param name="from">Start of the part that is shown.</param>
    /// <param name="length">Length of the part that is shown.</param>
    /// <param name="outputs">Pixels to make of it.</param>
    internal void Prepare(int sourceLength, double from, double length, int outputs)
    {
        double scale = length / outputs, stretch = Math.Max(1, scale), support = 2 * stretch;
        Taps = Math.Min(sourceLength, (int)Math.Ceiling(support) * 2 + 1);
        if (_starts.Length < outputs) _starts = new int[outputs];
        if (_weights.Length < outputs * Taps) _weights = new float[outputs * Taps];
        for (int i = 0; i < outputs; i++)
        {
            double centre = from + ((i + 0.5) * scale);
            int first = Math.Clamp((int)(centre - support + 0.5), 0, sourceLength - Taps);
            int low = Math.Max(0, (int)(centre - support + 0.5)), high = Math.Min(sourceLength, (int)(centre + support + 0.5));
            var weights = _weights.AsSpan(i * Taps, Taps);
            double sum = 0;
            for (int k = 0; k < Taps; k++)
            {
                int pixel = first + k;
                double w = pixel >= low && pixel < high ? Cubic((pixel - centre + 0.5) / stretch) : 0;
                weights[k] = (float)w;
                sum += w;
            }
            float scaleBack = (float)(1 / sum);
            foreach (ref float w in weights) w *= scaleBack;
            _starts[i] = first;
        }
    }

    private static double Cubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        if (x < 1) return (((A + 2) * x) - (A + 3)) * x * x + 1;
        return x < 2 ? ((((x - 5) * x) + 8) * x - 4) * A : 0;
    }
}
