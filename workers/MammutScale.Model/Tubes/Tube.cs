namespace MammutScale.Model.Tubes;

/// <summary>Frames, rows and columns.</summary>
public readonly record struct Extent(int Frames, int Rows, int Columns)
{
    public override string ToString() => $"{Frames}×{Rows}×{Columns}";
}

/// <summary>A box of video that becomes one token, repeated over the clip.</summary>
/// <param name="Size">The box, in frames and pixels.</param>
/// <param name="Stride">From one box to the next.</param>
/// <param name="Offset">Of the first box.</param>
public sealed record Tube(Extent Size, Extent Stride, Extent Offset)
{
    /// <summary>How many boxes lie wholly inside a clip, along each axis; zero along all if one axis holds none.</summary>
    public Extent Grid(Extent clip)
    {
        Extent grid = new(
            Count(clip.Frames, Size.Frames, Stride.Frames, Offset.Frames),
            Count(clip.Rows, Size.Rows, Stride.Rows, Offset.Rows),
            Count(clip.Columns, Size.Columns, Stride.Columns, Offset.Columns));
        return grid.Frames * grid.Rows * grid.Columns == 0 ? default : grid;
    }

    /// <summary>Tokens that a clip gives.</summary>
    public int Tokens(Extent clip)
    {
        Extent grid = Grid(clip);
        return grid.Frames * grid.Rows * grid.Columns;
    }

    /// <summary>The same tube for other clips: every length is multiplied and rounded, sizes and strides to at least 1.</summary>
    public Tube Scaled(double time, double space) => new(
        new(AtLeastOne(Size.Frames * time), AtLeastOne(Size.Rows * space), AtLeastOne(Size.Columns * space)),
        new(AtLeastOne(Stride.Frames * time), AtLeastOne(Stride.Rows * space), AtLeastOne(Stride.Columns * space)),
        new(Rounded(Offset.Frames * time), Rounded(Offset.Rows * space), Rounded(Offset.Columns * space)));

    private static int Count(int length, int size, int stride, int offset) => length - offset < size ? 0 : ((length - offset - size) / stride) + 1;

    private static int Rounded(double length) => (int)Math.Round(length, MidpointRounding.AwayFromZero);

    private static int AtLeastOne(double length) => Math.Max(1, Rounded(length));
}
