using MammutScale.Model.Tubes;
using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

/// <summary>
/// Makes the model encode clips: sparse video tubes beside the image encoder, whose weights clips and pictures share. "video:
/// true" alone takes the paper's tubes, scaled to the model's patches and to clips of data.video.frames (32 frames and more: as
/// they are), or those beside the weights of <see cref="ModelSection.InitFrom"/>.
/// </summary>
[ScalarForm("enabled")]
public sealed record VideoTubesSection
{
    /// <summary>False is the same as no section.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The tubes beside the image encoder's own patches.</summary>
    public IReadOnlyList<TubeSection>? Tubes { get; init; }

    /// <summary>The image encoder's patches are taken of every so many frames, from the first on.</summary>
    [AtLeast(1)] public int? PatchStride { get; init; }

    /// <summary>Base of the fixed position embedding's wavelengths; by default 10000.</summary>
    [MoreThan(1)] public double? Tau { get; init; }

    /// <summary>inflated: the image encoder's patch projection, spread over the tube; random: uniform; zero. Tubes beside the weights of <see cref="ModelSection.InitFrom"/> are taken as they are.</summary>
    public TubeInitialization Init { get; init; } = TubeInitialization.Inflated;
}

/// <summary>A box of a clip that becomes one token, repeated over the clip. Lengths are [frames, height, width], in frames that are sampled and pixels of the model's picture.</summary>
public sealed record TubeSection
{
    [Mandatory("give [frames, height, width], e.g. size: [8, 8, 8]"), Elements(3), AtLeast(1)]
    public IReadOnlyList<int> Size { get; init; } = [1, 1, 1];

    /// <summary>From one box to the next.</summary>
    [Mandatory("give [frames, height, width], e.g. stride: [16, 32, 32]"), Elements(3), AtLeast(1)]
    public IReadOnlyList<int> Stride { get; init; } = [1, 1, 1];

    /// <summary>Of the first box.</summary>
    [Elements(3), AtLeast(0)]
    public IReadOnlyList<int> Offset { get; init; } = [0, 0, 0];

    /// <summary>Space-to-depth: so many neighbouring boxes make one token, each giving its share of the channels.</summary>
    [Elements(3), AtLeast(1)]
    public IReadOnlyList<int> Joined { get; init; } = [1, 1, 1];

    internal Tube ToTube() => new(Extent(Size), Extent(Stride), Extent(Offset)) { Joined = Extent(Joined) };

    private static Extent Extent(IReadOnlyList<int> numbers) => new(numbers[0], numbers[1], numbers[2]);
}
