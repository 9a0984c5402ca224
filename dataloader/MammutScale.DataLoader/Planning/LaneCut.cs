namespace MammutScale.DataLoader.Planning;

/// <summary>
/// How the samples of a source fall to L lanes. Over all epochs, end to end, sample number q belongs to lane q mod L: no lane is
/// ever more than one sample ahead of another, an epoch ends in all lanes together, and what does not fill its last batch is
/// simply followed by the next epoch. Inside an epoch a lane's samples are a contiguous range of positions, so that a lane reads
/// whole row groups.
/// </summary>
internal readonly struct LaneCut(long samples, int lanes)
{
    private readonly long _each = samples / lanes;
    private readonly int _extra = (int)(samples % lanes);

    /// <summary>The epoch that item <paramref name="index"/> of a lane's endless stream falls in.</summary>
    public long EpochOf(int lane, long index) => ((index * lanes) + lane) / samples;

    /// <summary>Items of the lane before an epoch.</summary>
    public long Before(int lane, long epoch) => ((epoch * samples) + lanes - 1 - lane) / lanes;

    /// <summary>The positions of a lane in an epoch.</summary>
    public LaneSpan Span(int lane, long epoch)
    {
        // the lanes that get one sample more are this many from here on, cyclically
        var from = (int)(epoch % lanes * _extra % lanes);
        var below = Math.Max(0, Math.Min(lane, from + _extra) - from) + Math.Min(lane, Math.Max(0, from + _extra - lanes));
        var one = (lane - from + lanes) % lanes < _extra ? 1 : 0;
        return new LaneSpan(lane, epoch, (_each * lane) + below, _each + one);
    }
}

/// <summary>The positions of one lane in one epoch.</summary>
/// <param name="First">First position in the epoch's order.</param>
/// <param name="Count">How many.</param>
internal readonly record struct LaneSpan(int Lane, long Epoch, long First, long Count);
