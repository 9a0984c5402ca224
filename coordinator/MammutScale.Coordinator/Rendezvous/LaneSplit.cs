namespace MammutScale.Coordinator.Rendezvous;

/// <summary>Contiguous parts of the lanes, in rank order; the first ranks take one more when they do not divide evenly.</summary>
internal static class LaneSplit
{
    /// <summary>First lane and number of lanes of <paramref name="rank"/>.</summary>
    public static (int First, int Count) Of(int rank, int world, int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(world, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(world, lanes);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rank, (uint)world, nameof(rank));
        var (each, more) = Math.DivRem(lanes, world);
        return (rank * each + Math.Min(rank, more), each + (rank < more ? 1 : 0));
    }
}
