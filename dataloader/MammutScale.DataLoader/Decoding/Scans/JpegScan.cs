namespace MammutScale.DataLoader.Decoding.Scans;

/// <summary>The head of one scan (ITU-T T.81, B.2.3): which components, and which part of their coefficients.</summary>
internal readonly ref struct JpegScan
{
    private readonly ReadOnlySpan<byte> _components;

    private JpegScan(ReadOnlySpan<byte> components, int first, int last, int high)
    {
        _components = components;
        (First, Last, High) = (first, last, high);
    }

    internal int Count => _components.Length / 2;

    /// <summary>First coefficient, 0 is the mean of a block.</summary>
    internal int First { get; }

    internal int Last { get; }

    /// <summary>0 when these bits come for the first time, else an earlier scan is made finer.</summary>
    internal int High { get; }

    internal byte Id(int component) => _components[2 * component];

    internal int MeanTable(int component) => (_components[(2 * component) + 1] >> 4) & 3;

    internal int DetailTable(int component) => _components[(2 * component) + 1] & 3;

    internal static bool TryRead(ReadOnlySpan<byte> segment, out JpegScan scan)
    {
        scan = default;
        if (segment.Length < 4 || segment[0] is 0 or > 4 || segment.Length < 4 + (2 * segment[0])) return false;
        int count = segment[0];
        var rest = segment[(1 + (2 * count))..];
        scan = new(segment.Slice(1, 2 * count), rest[0], Math.Min((int)rest[1], 63), rest[2] >> 4);
        return scan.First <= scan.Last;
    }
}
