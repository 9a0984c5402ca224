using static TorchSharp.torch;

namespace MammutScale.Model.Tubes;

/// <summary>First values of a tube's projection.</summary>
internal static class TubeValues
{
    /// <param name="weight">[w, 3, T, H, W], filled.</param>
    /// <param name="patches">The image encoder's, [w, 3, P, P].</param>
    /// <param name="how">Which values.</param>
    /// <param name="seed">Of random ones.</param>
    public static void Fill(Tensor weight, Tensor patches, TubeInitialization how, long seed)
    {
        using var scope = NewDisposeScope();
        using Generator generator = new((ulong)seed);
        long fanIn = weight.shape[1..].Aggregate((a, b) => a * b);
        weight.copy_(how switch
        {
            TubeInitialization.Inflated => Inflated(patches.to(float32), weight.shape),
            TubeInitialization.Random => empty(weight.shape).uniform_(-1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn), generator),
            _ => zeros(weight.shape),
        });
    }

    private static Tensor Inflated(Tensor patches, long[] shape)
    {
        (long frames, long rows, long columns) = (shape[2], shape[3], shape[4]);
        double volumes = patches.shape[2] * patches.shape[3] / (double)(frames * rows * columns);
        Tensor resized = nn.functional.interpolate(patches, [rows, columns], mode: InterpolationMode.Bilinear, align_corners: false);
        return (resized * volumes).unsqueeze(2).expand(shape);
    }
}
