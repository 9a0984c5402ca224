using static TorchSharp.torch;

namespace MammutScale.Training.Benchmarks;

/// <summary>What this machine's matrix product reaches right now: the limit that a step is measured against.</summary>
internal static class GemmPeak
{
    private const int Size = 1024;
    private const int Repetitions = 3;

    /// <summary>FLOP/s of square products of one dtype: the fastest of a few.</summary>
    public static double Measure(ScalarType dtype, TimeProvider time)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var left = randn(Size, Size).to(dtype);
        var right = randn(Size, Size).to(dtype);
        var result = empty([Size, Size], dtype: dtype);
        result.copy_(left.matmul(right));
        var best = double.MaxValue;
        for (var i = 0; i < Repetitions; i++)
        {
            using var inner = NewDisposeScope();
            var begin = time.GetTimestamp();
            _ = left.matmul(right);
            best = Math.Min(best, time.GetElapsedTime(begin).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / best;
    }
}
