using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace MammutScale.Training.Evaluation;

/// <summary>Vectors scaled to length 1 in float64.</summary>
internal sealed class UnitRows
{
    private readonly double[] _values;
    private readonly int _width;

    private UnitRows(double[] values, int width) => (_values, _width) = (values, width);

    public int Count => _values.Length / _width;

    /// <param name="rows">[N, <paramref name="width"/>]; a row of zeros stays one.</param>
    public static UnitRows From(ReadOnlySpan<float> rows, int width)
    {
        if (width < 1 || rows.Length % width != 0) throw new ArgumentException($"{rows.Length} values are no rows of {width}.", nameof(width));
        var values = new double[rows.Length];
        for (var start = 0; start < rows.Length; start += width)
        {
            double square = 0;
            for (var k = 0; k < width; k++) square += (double)rows[start + k] * rows[start + k];
            var scale = square > 0 ? 1 / Math.Sqrt(square) : 0;
            for (var k = 0; k < width; k++) values[start + k] = rows[start + k] * scale;
        }

        return new UnitRows(values, width);
    }

    /// <summary>Always the same order of additions: equal rows give equal products.</summary>
    public static double Dot(UnitRows left, int i, UnitRows right, int j)
    {
        var a = left._values.AsSpan(i * left._width, left._width);
        var b = right._values.AsSpan(j * right._width, right._width);
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        var sum = Vector256<double>.Zero;
        nuint k = 0;
        for (; k + 4 <= (nuint)a.Length; k += 4) sum += Vector256.LoadUnsafe(ref x, k) * Vector256.LoadUnsafe(ref y, k);
        var total = Vector256.Sum(sum);
        for (; k < (nuint)a.Length; k++) total += a[(int)k] * b[(int)k];
        return total;
    }

    /// <summary>[N, width] float32.</summary>
    public Tensor ToTensor() => tensor(Array.ConvertAll(_values, v => (float)v), [Count, _width]);
}
