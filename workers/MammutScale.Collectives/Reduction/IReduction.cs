using System.Numerics;
using System.Runtime.Intrinsics;

namespace MammutScale.Collectives.Reduction;

/// <summary>A commutative combination of two values, for scalars and vectors alike, so that one loop serves all.</summary>
internal interface IReduction<T>
    where T : unmanaged, INumber<T>
{
    static abstract T Of(T a, T b);

    static abstract Vector256<T> Of(Vector256<T> a, Vector256<T> b);

    static abstract Vector512<T> Of(Vector512<T> a, Vector512<T> b);
}

internal readonly struct Addition<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Of(T a, T b) => unchecked(a + b);

    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a + b;

    public static Vector512<T> Of(Vector512<T> a, Vector512<T> b) => a + b;
}

/// <summary>The larger value; not-a-number wins, so that a finite check cannot be talked over.</summary>
internal readonly struct Largest<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Of(T a, T b) => T.Max(a, b);

    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);

    public static Vector512<T> Of(Vector512<T> a, Vector512<T> b) => Vector512.Max(a, b);
}

/// <summary>The smaller value; not-a-number wins.</summary>
internal readonly struct Smallest<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Of(T a, T b) => T.Min(a, b);

    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);

    public static Vector512<T> Of(Vector512<T> a, Vector512<T> b) => Vector512.Min(a, b);
}
