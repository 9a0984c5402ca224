using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MammutScale.DataLoader.Decoding.Pixels;

/// <summary>The weighted sums of neighbouring BGR pixels of a line, clamped, scaled and spread over three planes: resampling along the row.</summary>
internal static unsafe class PixelBlend
{
    /// <param name="line">BGR floats of pixel 0; one float behind the last pixel may be read.</param>
    /// <param name="starts">First pixel of every output.</param>
    /// <param name="weights">[count, taps].</param>
    /// <param name="count">Outputs.</param>
    /// <param name="scale">Factors and summands of the planes.</param>
    internal static void Run(float* line, int* starts, float* weights, int taps, int count, PlaneScale scale, float* red, float* green, float* blue)
    {
        int x = 0;
        if (Sse.IsSupported)
        {
            for (; x <= count - 4; x += 4)
            {
                float* w = weights + (x * taps);
                var (a, b, c, d) = FourPixels(line, starts + x, w, taps);
                // Four pixels of blue, green, red, rubbish become four values for each plane.
                Vector128<float> low = Sse.UnpackLow(a, b), high = Sse.UnpackLow(c, d), lastLow = Sse.UnpackHigh(a, b), lastHigh = Sse.UnpackHigh(c, d);
                Finish(Sse.MoveLowToHigh(low, high), scale.Blue).Store(blue + x);
                Finish(Sse.MoveHighToLow(high, low), scale.Green).Store(green + x);
                Finish(Sse.MoveLowToHigh(lastLow, lastHigh), scale.Red).Store(red + x);
            }
        }
        for (; x < count; x++)
        {
            Vector128<float> sum = default;
            float* pixel = line + (3 * starts[x]), w = weights + (x * taps);
            for (int k = 0; k < taps; k++) sum = Vector128.FusedMultiplyAdd(Vector128.Load(pixel + (3 * k)), Vector128.Create(w[k]), sum);
            sum = Vector128.Min(Vector128.Max(sum, Vector128<float>.Zero), Vector128.Create(255f));
            blue[x] = (sum[0] * scale.Blue.Factor) + scale.Blue.Summand;
            green[x] = (sum[1] * scale.Green.Factor) + scale.Green.Summand;
            red[x] = (sum[2] * scale.Red.Factor) + scale.Red.Summand;
        }
    }

    private static (Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>) FourPixels(float* line, int* starts, float* w, int taps)
    {
        Vector128<float> a = default, b = default, c = default, d = default;
        float* p = line + (3 * starts[0]), q = line + (3 * starts[1]), r = line + (3 * starts[2]), s = line + (3 * starts[3]);
        for (int k = 0; k < taps; k++)
        {
            a = Vector128.FusedMultiplyAdd(Vector128.Load(p + (3 * k)), Vector128.Create(w[k]), a);
            b = Vector128.FusedMultiplyAdd(Vector128.Load(q + (3 * k)), Vector128.Create(w[k + taps]), b);
            c = Vector128.FusedMultiplyAdd(Vector128.Load(r + (3 * k)), Vector128.Create(w[k + (2 * taps)]), c);
            d = Vector128.FusedMultiplyAdd(Vector128.Load(s + (3 * k)), Vector128.Create(w[k + (3 * taps)]), d);
        }
        return (a, b, c, d);
    }

    /// <summary>The kernel has negative lobes: edges overshoot, and are clamped as by any 8-bit resampler.</summary>
    private static Vector128<float> Finish(Vector128<float> values, (float Factor, float Summand) scale) =>
        Vector128.FusedMultiplyAdd(Vector128.Min(Vector128.Max(values, Vector128<float>.Zero), Vector128.Create(255f)), Vector128.Create(scale.Factor), Vector128.Create(scale.Summand));
}

/// <summary>What is done to pixel values 0 … 255 of every plane: value × factor + summand.</summary>
internal readonly record struct PlaneScale((float Factor, float Summand) Red, (float Factor, float Summand) Green, (float Factor, float Summand) Blue)
{
    internal static PlaneScale None { get; } = new((1, 0), (1, 0), (1, 0));
}
