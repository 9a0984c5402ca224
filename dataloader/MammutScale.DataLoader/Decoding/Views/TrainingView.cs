namespace MammutScale.DataLoader.Decoding.Views;

/// <summary>Chooses the policy that a run file's ranges mean.</summary>
public static class TrainingView
{
    /// <param name="minScale">Smallest scale.</param>
    /// <param name="maxScale">
    /// Largest scale. Up to 1 a scale is the share of the picture's area that a random crop shows; above 1 the range is that of the
    /// picture's length on a canvas of background (<see cref="RandomPlacement"/>).
    /// </param>
    /// <param name="minAspect">Smallest width / height of a crop.</param>
    /// <param name="maxAspect">Largest width / height of a crop.</param>
    /// <param name="mirror">Mirror half of the pictures.</param>
    public static ViewPolicy Of(double minScale, double maxScale, double minAspect, double maxAspect, bool mirror) => maxScale > 1
        ? new RandomPlacement { MinScale = minScale, MaxScale = maxScale, Mirror = mirror }
        : new RandomCrop { MinArea = minScale, MaxArea = maxScale, MinAspect = minAspect, MaxAspect = maxAspect, Mirror = mirror };
}
