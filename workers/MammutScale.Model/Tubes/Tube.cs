namespace MammutScale.Model.Tubes;

/// <summary>Frames, rows and columns.</summary>
public readonly record struct Extent(int Frames, int Rows, int Columns)
{
    public int Volume => Frames * Rows * Columns;

    public override string ToString() => $"{Frames}×{Rows}×{Columns}";
}

/// <summary>A box of video that becomes one token, repeated over the clip.</summary>
/// <param name="Size">The box, in frames and pixels.</param>
/// <param name="Stride">From one box to the next.</param>
/// <param name="Offset">Of the first box.</param>
public sealed record Tube(Extent Size, Extent Stride, Extent Offset)
{
    /// <summary>
    /// TubeViT's space-to-depth: so many boxes along each axis make one token, each giving that share of its channels; they lie
    /// stride / joined apart. (1, 1, 1) = a box is a token.
    /// </summary>
    public Extent Joined { get; init; } = new(1, 1, 1);

    /// <summary>From one box to the next; the stride where each is a token.</summary>
    public Extent Step => new(Stride.Frames / Joined.Frames, Stride.Rows / Joined.Rows, Stride.Columns / Joined.Columns);

    /// <summary>From the first edge of a token's first box to the last edge of its last.</summary>
    public Extent Reach => new(
        Size.Frames + ((Joined.Frames - 1) * Step.Frames), Size.Rows + ((Joined.Rows - 1) * Step.Rows), Size.Columns + ((Joined.Columns - 1) * Step.Columns));

    /// <summary>How many tokens lie wholly inside a clip, along each axis; zero along all if one axis holds none.</summary>
    public Extent Grid(Extent clip)
    {
        Extent reach = Reach;
        Extent grid = new(
            Count(clip.Frames, reach.Frames, Stride.Frames, Offset.Frames),
            Count(clip.Rows, reach.Rows, Stride.Rows, Offset.Rows),
            Count(clip.Columns, reach.Columns, Stride.Columns, Offset.Columns));
        return grid.Volume == 0 ? default : grid;
    }

    /// <summary>Tokens that a clip gives.</summary>
    public int Tokens(Extent clip) => Grid(clip).Volume;

    /// <summary>The same tube for other clips: every length is multiplied and rounded, sizes and strides to at least 1.</summary>
    public Tube Scaled(double time, double space) => this with
    {
        Size = new(AtLeastOne(Size.Frames * time), AtLeastOne(Size.Rows * space), AtLeastOne(Size.Columns * space)),
        Stride = new(AtLeastOne(Stride.Frames * time), AtLeastOne(Stride.Rows * space), AtLeastOne(Stride.Columns * space)),
        Offset = new(Rounded(Offset.Frames * time), Rounded(Offset.Rows * space), Rounded(Offset.Columns * space)),
    };

    private static int Count(int length, int size, int stride, int offset) => length - offset < size ? 0 : ((length - offset - size) / stride) + 1;

    private static int Rounded(double length) => (int)Math.Round(length, MidpointRounding.AwayFromZero);

    private static int AtLeastOne(double length) => Math.Max(1, Rounded(length));
}
