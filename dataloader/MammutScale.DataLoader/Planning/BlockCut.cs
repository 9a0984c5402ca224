namespace MammutScale.DataLoader.Planning;

/// <summary>
/// Cuts a lane's range into shuffle blocks of about <paramref name="rows"/> rows. A cut moves up to the next end of a row group
/// when that is near, so that row groups are whole where they are small; a giant row group is cut inside, so that a block stays
/// bounded.
/// </summary>
internal readonly struct BlockCut(EpochOrder order, long first, long count, int rows)
{
    private long End => first + count;

    /// <summary>The block that holds a position of the range: first position and end.</summary>
    public (long First, long End) Around(long position)
    {
        var number = (position - first) / rows;
        var from = Cut(number);
        return position >= from ? (from, Cut(number + 1)) : (Cut(number - 1), from);
    }

    private long Cut(long number)
    {
        if (number == 0)
            return first;
        var at = first + (number * rows);
        if (at >= End)
            return End;
        var cut = NearbyGroupEnd(at);
        // no crumbs at the end
        return End - cut < rows / 4 ? End : cut;
    }

    private long NearbyGroupEnd(long at)
    {
        var place = order.PlaceOf(at);
        if (order.StartOf(place) == at)
            return at;
        var next = order.StartOf(place + 1);
        return next - at <= rows / 2 ? Math.Min(next, End) : at;
    }
}
