using MammutScale.Contracts;

namespace MammutScale.Dashboard.Api;

/// <summary>A history in the precision that a screen can show: half the size of the doubles it comes from.</summary>
internal sealed record HistoryView(
    long Sequence, string[] Names, long[] FirstStep, long[] LastStep, long[] At, int[] Count, int[] NonFinite,
    float[][] Min, float[][] Max, float[][] Mean, float[][] Last)
{
    public static HistoryView Of(SeriesBlock block) => new(
        block.Sequence, block.Names, block.FirstStep, block.LastStep, block.At, block.Count, block.NonFinite,
        Narrow(block.Min), Narrow(block.Max), Narrow(block.Mean), Narrow(block.Last));

    private static float[][] Narrow(double[][] series) => [.. series.Select(s => Array.ConvertAll(s, v => (float)v))];
}
