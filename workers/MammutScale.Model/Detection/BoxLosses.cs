using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>How far boxes are from those they should be.</summary>
internal static class BoxLosses
{
    /// <summary>
    /// Generalised intersection over union of boxes pair by pair (Rezatofighi et al. 2019): IoU less the share of the smallest
    /// common box that neither covers. From −1 to 1.
    /// </summary>
    /// <param name="a">[N, 4], left, top, right, bottom.</param>
    /// <param name="b">[N, 4].</param>
    /// <returns>[N].</returns>
    public static Tensor GeneralizedOverlap(Tensor a, Tensor b)
    {
        const double Least = 1e-7;
        Tensor common = Area(maximum(a.narrow(1, 0, 2), b.narrow(1, 0, 2)), minimum(a.narrow(1, 2, 2), b.narrow(1, 2, 2)));
        Tensor around = Area(minimum(a.narrow(1, 0, 2), b.narrow(1, 0, 2)), maximum(a.narrow(1, 2, 2), b.narrow(1, 2, 2)));
        Tensor union = Area(a.narrow(1, 0, 2), a.narrow(1, 2, 2)) + Area(b.narrow(1, 0, 2), b.narrow(1, 2, 2)) - common;
        return (common / union.clamp(min: Least)) - ((around - union) / around.clamp(min: Least));
    }

    /// <summary>Σ of ½ d² / β below β, |d| − ½ β above.</summary>
    public static Tensor SmoothL1(Tensor found, Tensor wanted, double beta = 1)
    {
        Tensor distance = (found - wanted).abs();
        return where(distance.lt(beta), distance.pow(2) * (0.5 / beta), distance - (0.5 * beta)).sum();
    }

    private static Tensor Area(Tensor corner, Tensor opposite) => (opposite - corner).clamp(min: 0).prod(1);
}
