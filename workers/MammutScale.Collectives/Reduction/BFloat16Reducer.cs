using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MammutScale.Collectives.Reduction;

/// <summary>
/// Element-wise combination of bf16 arrays. Values are widened to fp32, combined there and rounded to nearest even, as the
/// bf16 instructions of processors and NCCL do.
/// </summary>
internal static unsafe class BFloat16Reducer
{
    public static void Combine(ushort* result, ushort* a, ushort* b, long count, ReduceOp op)
    {
        switch (op)
        {
            case ReduceOp.Sum:
                Loop<Addition<float>>(result, a, b, count);
                break;
            case ReduceOp.Max:
                Loop<Largest<float>>(result, a, b, count);
                break;
            case ReduceOp.Min:
                Loop<Smallest<float>>(result, a, b, count);
                break;
            default:
                throw new UnreachableException($"reduce operation {op}");
        }
    }

    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    public static ushort Narrow(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        // rounding could carry a not-a-number's mantissa over into infinity
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    // optimised from the first call on: a training run may reduce few but large buffers in its first minutes
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop<TOp>(ushort* result, ushort* a, ushort* b, long count)
        where TOp : struct, IReduction<float>
    {
        long i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 32 <= count; i += 32)
            {
                var (aLow, aHigh) = Vector512.Widen(Vector512.Load(a + i));
                var (bLow, bHigh) = Vector512.Widen(Vector512.Load(b + i));
                var low = TOp.Of((aLow << 16).AsSingle(), (bLow << 16).AsSingle());
                var high = TOp.Of((aHigh << 16).AsSingle(), (bHigh << 16).AsSingle());
                Vector512.Narrow(Round(low), Round(high)).Store(result + i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 16 <= count; i += 16)
            {
                var (aLow, aHigh) = Vector256.Widen(Vector256.Load(a + i));
                var (bLow, bHigh) = Vector256.Widen(Vector256.Load(b + i));
                var low = TOp.Of((aLow << 16).AsSingle(), (bLow << 16).AsSingle());
                var high = TOp.Of((aHigh << 16).AsSingle(), (bHigh << 16).AsSingle());
                Vector256.Narrow(Round(low), Round(high)).Store(result + i);
            }
        }
        for (; i < count; i++) result[i] = Narrow(TOp.Of(Widen(a[i]), Widen(b[i])));
    }

    private static Vector256<uint> Round(Vector256<float> value)
    {
        var bits = value.AsUInt32();
        var upper = bits >>> 16;
        var rounded = (bits + Vector256.Create(0x7FFFu) + (upper & Vector256.Create(1u))) >>> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, upper | Vector256.Create(0x40u));
    }

    private static Vector512<uint> Round(Vector512<float> value)
    {
        var bits = value.AsUInt32();
        var upper = bits >>> 16;
        var rounded = (bits + Vector512.Create(0x7FFFu) + (upper & Vector512.Create(1u))) >>> 16;
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, upper | Vector512.Create(0x40u));
    }
}
