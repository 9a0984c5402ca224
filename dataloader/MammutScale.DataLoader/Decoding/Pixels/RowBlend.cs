using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>The weighted sum of neighbouring rows of bytes, as floats: resampling along the column.</summary>
internal static unsafe class RowBlend
{
    /// <param name="rows">First byte of the first row.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="weights">A weight for every row.</param>
    /// <param name="taps">Number of rows.</param>
    /// <param name="line">Receives <paramref name="count"/> sums.</param>
    internal static void Run(byte* rows, int stride, float* weights, int taps, float* line, int count)
    {
        int x = 0;
        if (Avx2.IsSupported)
        {
            // Four independent sums keep the multiply-adders busy.
            for (; x <= count - 32; x += 32)
            {
                Vector256<float> a = default, b = default, c = default, d = default;
                byte* from = rows + x;
                for (int k = 0; k < taps; k++, from += stride)
                {
                    var w = Vector256.Create(weights[k]);
                    a = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(from)), w, a);
                    b = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(from + 8)), w, b);
                    c = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(from + 16)), w, c);
                    d = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(from + 24)), w, d);
                }
                a.Store(line + x);
                b.Store(line + x + 8);
                c.Store(line + x + 16);
                d.Store(line + x + 24);
            }
        }
        else
        {
            for (; x <= count - 16; x += 16)
            {
                Vector128<float> a = default, b = default, c = default, d = default;
                byte* from = rows + x;
                for (int k = 0; k < taps; k++, from += stride)
                {
                    var w = Vector128.Create(weights[k]);
                    var (low, high) = Vector128.Widen(Vector128.Load(from));
                    var (i, j) = Vector128.Widen(low);
                    var (m, n) = Vector128.Widen(high);
                    a = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(i.AsInt32()), w, a);
                    b = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(j.AsInt32()), w, b);
                    c = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(m.AsInt32()), w, c);
                    d = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(n.AsInt32()), w, d);
                }
                a.Store(line + x);
                b.Store(line + x + 4);
                c.Store(line + x + 8);
                d.Store(line + x + 12);
            }
        }
        for (; x < count; x++)
        {
            float sum = 0;
            for (int k = 0; k < taps; k++) sum = MathF.FusedMultiplyAdd(rows[x + ((long)k * stride)], weights[k], sum);
            line[x] = sum;
        }
    }
}
