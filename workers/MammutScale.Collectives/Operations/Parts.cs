namespace MammutScale.Collectives.Operations;

/// <summary>How a count of elements is divided into nearly equal parts.</summary>
internal static class Parts
{
    /// <summary>Elements in part <paramref name="index"/>: the first <c>count % parts</c> parts hold one more.</summary>
    public static long Even(long count, int parts, int index) => count / parts + (index < count % parts ? 1 : 0);
}
