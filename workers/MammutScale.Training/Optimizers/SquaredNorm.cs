using System.Runtime.Intrinsics;

namespace MammutScale.Training.Optimizers;

/// <summary>Sum of squares in double, in a fixed order: every rank and run gets the same bits for the same gradients.</summary>
internal static unsafe class SquaredNorm
{
    private const long Chunk = 256 * 1024;

    /// <summary>Σ x²; not finite when any element is not.</summary>
    public static double Of(float* values, long count, int threads)
    {
        var chunks = (int)((count + Chunk - 1) / Chunk);
        if (chunks <= 1 || threads <= 1)
        {
            double total = 0;
            for (long start = 0; start < count; start += Chunk) total += Run(values + start, Math.Min(Chunk, count - start));
            return total;
        }

        var sums = new double[chunks];
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, chunk =>
            sums[chunk] = Run(values + chunk * Chunk, Math.Min(Chunk, count - chunk * Chunk)));
        double sum = 0;
        foreach (var part in sums) sum += part;
        return sum;
    }

    private static double Run(float* values, long count)
    {
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        long i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.Load(values + i));
            low += a * a;
            high += b * b;
        }

        var sum = Vector256.Sum(low + high);
        for (; i < count; i++) sum += (double)values[i] * values[i];
        return sum;
    }
}
