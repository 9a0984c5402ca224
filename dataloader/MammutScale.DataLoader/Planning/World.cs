namespace MammutScale.DataLoader.Planning;

/// <summary>One generation's ranks and lanes, as one immutable value: lanes 0 … L−1 in rank order, shares differing by at most one lane.</summary>
public readonly record struct World
{
    /// <param name="lanes">Canonical lanes L of the run.</param>
    /// <param name="size">Number of ranks, 1 … L.</param>
    /// <exception cref="DataPlanException">More ranks than lanes.</exception>
    public World(int lanes, int size)
    {
        if (size < 1 || size > lanes)
            throw new DataPlanException($"{size} workers cannot share {lanes} lanes: expected 1 to {lanes} workers; a larger `lanes` needs a larger global batch");
        (Lanes, Size) = (lanes, size);
    }

    public int Lanes { get; }

    public int Size { get; }

    /// <summary>The lanes of a rank.</summary>
    public LaneRange LanesOf(int rank)
    {
        if (rank < 0 || rank >= Size)
            throw new ArgumentOutOfRangeException(nameof(rank), rank, $"not in 0 … {Size - 1}");
        var first = (int)((long)rank * Lanes / Size);
        return new LaneRange(first, (int)((rank + 1L) * Lanes / Size) - first);
    }

    /// <summary>The rank that owns a lane.</summary>
    public int OwnerOf(int lane) => (int)((((lane + 1L) * Size) - 1) / Lanes);
}
