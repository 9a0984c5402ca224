using MammutScale.Model.Configuration;

namespace MammutScale.Model.Tubes;

/// <summary>First values of the tubes' projections.</summary>
public enum TubeInitialization
{
    /// <summary>
    /// The image encoder's patch projection: resized to the tube's height and width (bilinear, half-pixel centres), repeated over
    /// its frames, and scaled by the ratio of the volumes so that an even surface gives about the same token. Tubes with joined boxes start at random instead.
    /// </summary>
    Inflated,

    /// <summary>PyTorch's default of a convolution, uniform ±1/√fan-in; what TubeViT does.</summary>
    Random,

    /// <summary>Zero: at first a tube's token holds nothing but its position.</summary>
    Zero,
}

/// <summary>Sparse video tubes (TubeViT, arXiv 2212.03229) as MaMMUT uses them, beside the image encoder's own patches.</summary>
public sealed record VideoConfig
{
    /// <summary>TubeViT's tubes for 224 × 224 and patches of 16, without the 2D patches.</summary>
    public static IReadOnlyList<Tube> PaperTubes { get; } =
    [
        new(new(8, 8, 8), new(16, 32, 32), default),
        new(new(16, 4, 4), new(6, 32, 32), new(4, 8, 8)),
        new(new(4, 12, 12), new(16, 32, 32), new(0, 16, 16)),
    ];

    /// <summary>The same with the paper's space-to-depth: two boxes in time, and 2 × 2 in space, to a token. Each projection has that much fewer weights.</summary>
    public static IReadOnlyList<Tube> SpaceToDepthTubes { get; } =
        [PaperTubes[0] with { Joined = new(2, 1, 1) }, PaperTubes[1] with { Joined = new(1, 2, 2) }, PaperTubes[2]];

    public IReadOnlyList<Tube> Tubes { get; init; } = PaperTubes;

    /// <summary>The image encoder's patches are taken of every so many frames, from the first on.</summary>
    public int PatchStride { get; init; } = 32;

    public TubeInitialization Initialization { get; init; }

    /// <summary>The base of the fixed position embedding's wavelengths.</summary>
    public double Tau { get; init; } = 10_000;

    /// <summary>The paper's tubes for a model's patch size and for clips of another length.</summary>
    /// <param name="vision">The image encoder; pixel lengths are scaled by its patch size / 16.</param>
    /// <param name="time">1 for clips of 32 frames and more, ½ for 16.</param>
    public static VideoConfig For(VisionConfig vision, double time = 1) => new()
    {
        Tubes = [.. PaperTubes.Select(tube => tube.Scaled(time, vision.PatchSize / 16.0))],
        PatchStride = Math.Max(1, (int)Math.Round(32 * time)),
    };

    /// <summary>The image encoder's patches as a tube.</summary>
    public Tube Patches(VisionConfig vision) =>
        new(new(1, vision.PatchSize, vision.PatchSize), new(PatchStride, vision.PatchSize, vision.PatchSize), default);

    /// <summary>Tokens of a clip, without the class token; tubes that are longer than the clip give none.</summary>
    public int Tokens(VisionConfig vision, int frames)
    {
        Extent clip = new(frames, vision.ImageSize, vision.ImageSize);
        return Patches(vision).Tokens(clip) + Tubes.Sum(tube => tube.Tokens(clip));
    }

    /// <summary>Multiply-adds of the tubes' projections for a clip, without those of the image encoder's patches.</summary>
    public double ProjectionProducts(VisionConfig vision, int frames) =>
        Tubes.Sum(tube => (double)tube.Tokens(new(frames, vision.ImageSize, vision.ImageSize)) * vision.Width * 3 * tube.Size.Volume);

    /// <exception cref="ModelConfigException">With every fault.</exception>
    public void ThrowIfInvalid(int imageSize, int width)
    {
        List<string> faults = [];
        if (PatchStride < 1)
            faults.Add($"patch_stride is {PatchStride}: at least 1");
        if (!(Tau > 1))
            faults.Add($"tau is {Tau}: above 1");
        for (int i = 0; i < Tubes.Count; i++)
        {
            Tube tube = Tubes[i];
            if (Math.Min(tube.Size.Frames, Math.Min(tube.Size.Rows, tube.Size.Columns)) < 1)
                faults.Add($"tube {i} has the size {tube.Size}: at least 1 each way");
            else if (!Divides(tube.Joined.Frames, tube.Stride.Frames) || !Divides(tube.Joined.Rows, tube.Stride.Rows)
                || !Divides(tube.Joined.Columns, tube.Stride.Columns) || !Divides(tube.Joined.Volume, width))
                faults.Add($"tube {i} joins {tube.Joined} boxes: parts of its stride {tube.Stride} that together divide the width {width}");
            else if (tube.Offset.Rows + tube.Size.Rows > imageSize || tube.Offset.Columns + tube.Size.Columns > imageSize)
                faults.Add($"tube {i} of {tube.Size} at {tube.Offset} does not fit into a picture of {imageSize} × {imageSize}");
            if (Math.Min(tube.Stride.Frames, Math.Min(tube.Stride.Rows, tube.Stride.Columns)) < 1)
                faults.Add($"tube {i} has the stride {tube.Stride}: at least 1 each way");
            if (Math.Min(tube.Offset.Frames, Math.Min(tube.Offset.Rows, tube.Offset.Columns)) < 0)
                faults.Add($"tube {i} has the offset {tube.Offset}: at least 0 each way");
        }
        if (faults.Count > 0)
            throw new ModelConfigException($"Such video tubes cannot be built: {string.Join("; ", faults)}.");

        static bool Divides(int part, int whole) => part >= 1 && whole % part == 0;
    }
}
