using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MammutScale.Collectives.Reduction;

/// <summary>Combines arrays element by element: <c>result[i] = a[i] op b[i]</c>. The result may be <c>a</c> or <c>b</c> itself.</summary>
internal static unsafe class Reducer
{
    public static void Combine(byte* result, byte* a, byte* b, long count, ElementType type, ReduceOp op)
    {
        switch (type)
        {
            case ElementType.Float32:
                Combine((float*)result, (float*)a, (float*)b, count, op);
                break;
            case ElementType.BFloat16:
                BFloat16Reducer.Combine((ushort*)result, (ushort*)a, (ushort*)b, count, op);
                break;
            case ElementType.Int64:
                Combine((long*)result, (long*)a, (long*)b, count, op);
                break;
            case ElementType.UInt8:
                Combine(result, a, b, count, op);
                break;
            default:
                throw new UnreachableException($"element type {type}");
        }
    }

    private static void Combine<T>(T* result, T* a, T* b, long count, ReduceOp op)
        where T : unmanaged, INumber<T>
    {
        switch (op)
        {
            case ReduceOp.Sum:
                Loop<T, Addition<T>>(result, a, b, count);
                break;
            case ReduceOp.Max:
                Loop<T, Largest<T>>(result, a, b, count);
                break;
            case ReduceOp.Min:
                Loop<T, Smallest<T>>(result, a, b, count);
                break;
            default:
                throw new UnreachableException($"reduce operation {op}");
        }
    }

    // optimised from the first call on: a training run may reduce few but large buffers in its first minutes
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop<T, TOp>(T* result, T* a, T* b, long count)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        long i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            int width = Vector512<T>.Count;
            for (; i + 2 * width <= count; i += 2 * width)
            {
                var first = TOp.Of(Vector512.Load(a + i), Vector512.Load(b + i));
                var second = TOp.Of(Vector512.Load(a + i + width), Vector512.Load(b + i + width));
                first.Store(result + i);
                second.Store(result + i + width);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            int width = Vector256<T>.Count;
            for (; i + 2 * width <= count; i += 2 * width)
            {
                var first = TOp.Of(Vector256.Load(a + i), Vector256.Load(b + i));
                var second = TOp.Of(Vector256.Load(a + i + width), Vector256.Load(b + i + width));
                first.Store(result + i);
                second.Store(result + i + width);
            }
        }
        for (; i < count; i++) result[i] = TOp.Of(a[i], b[i]);
    }
}
