using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MammutScale.Training.Optimizers;

/// <summary>
/// AdamW over flat memory in one pass: weights, gradients and both moments are read once and written once, so that memory
/// bandwidth is the only limit. Every element goes through the same operations wherever it lies and however many threads
/// work, so results do not depend on sharding.
/// </summary>
internal static unsafe class AdamWKernel
{
    /// <summary>Elements that a thread takes at one time: 4 arrays × 128 KiB.</summary>
    private const long Chunk = 32 * 1024;

    /// <summary>Updates <paramref name="count"/> elements, a multiple of 16.</summary>
    /// <param name="threads">How many threads may work.</param>
    public static void Update(float* weights, float* gradients, float* first, float* second, long count, AdamWCoefficients c, int threads)
    {
        if (count % 16 != 0) throw new ArgumentException($"{count} elements are not a multiple of 16.", nameof(count));
        var chunks = (count + Chunk - 1) / Chunk;
        if (threads <= 1 || chunks < 2)
        {
            Run(weights, gradients, first, second, count, c);
            return;
        }

        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, chunk =>
        {
            var start = chunk * Chunk;
            Run(weights + start, gradients + start, first + start, second + start, Math.Min(Chunk, count - start), c);
        });
    }

    private static void Run(float* w, float* g, float* m, float* v, long count, AdamWCoefficients c)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide(w, g, m, v, count, c);
        else
            Narrow(w, g, m, v, count, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(float* w, float* g, float* m, float* v, long count, AdamWCoefficients c)
    {
        var (beta1, beta2) = (Vector512.Create(c.Beta1), Vector512.Create(c.Beta2));
        var (rest1, rest2) = (Vector512.Create(1 - c.Beta1), Vector512.Create(1 - c.Beta2));
        var (scale, keep, step) = (Vector512.Create(c.GradientScale), Vector512.Create(c.Keep), Vector512.Create(c.StepSize));
        var (root, epsilon) = (Vector512.Create(c.InverseRootCorrection), Vector512.Create(c.Epsilon));
        for (long i = 0; i < count; i += 16)
        {
            var gradient = Vector512.Load(g + i) * scale;
            var first = Vector512.FusedMultiplyAdd(Vector512.Load(m + i), beta1, gradient * rest1);
            var second = Vector512.FusedMultiplyAdd(Vector512.Load(v + i), beta2, gradient * gradient * rest2);
            first.Store(m + i);
            second.Store(v + i);
            var denominator = Vector512.FusedMultiplyAdd(Vector512.Sqrt(second), root, epsilon);
            (Vector512.Load(w + i) * keep - step * first / denominator).Store(w + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(float* w, float* g, float* m, float* v, long count, AdamWCoefficients c)
    {
        var (beta1, beta2) = (Vector256.Create(c.Beta1), Vector256.Create(c.Beta2));
        var (rest1, rest2) = (Vector256.Create(1 - c.Beta1), Vector256.Create(1 - c.Beta2));
        var (scale, keep, step) = (Vector256.Create(c.GradientScale), Vector256.Create(c.Keep), Vector256.Create(c.StepSize));
        var (root, epsilon) = (Vector256.Create(c.InverseRootCorrection), Vector256.Create(c.Epsilon));
        for (long i = 0; i < count; i += 8)
        {
            var gradient = Vector256.Load(g + i) * scale;
            var first = Vector256.FusedMultiplyAdd(Vector256.Load(m + i), beta1, gradient * rest1);
            var second = Vector256.FusedMultiplyAdd(Vector256.Load(v + i), beta2, gradient * gradient * rest2);
            first.Store(m + i);
            second.Store(v + i);
            var denominator = Vector256.FusedMultiplyAdd(Vector256.Sqrt(second), root, epsilon);
            (Vector256.Load(w + i) * keep - step * first / denominator).Store(w + i);
        }
    }
}
