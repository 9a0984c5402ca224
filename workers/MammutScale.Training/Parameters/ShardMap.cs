namespace MammutScale.Training.Parameters;

/// <summary>A piece of the flat buffers that one rank owns, and where it lies in that rank's own compact buffers.</summary>
internal readonly record struct OwnedRange(int Bucket, long Offset, long Length, long LocalOffset);

/// <summary>
/// Which rank owns which part of every bucket: W parts of nearly equal length, cut at multiples of
/// <see cref="FlatLayout.Alignment"/>. Owners update their part (ZeRO-1), measure its norm and write it into checkpoints.
/// </summary>
internal sealed class ShardMap
{
    private readonly FlatLayout _layout;

    public ShardMap(FlatLayout layout, int rank, int world)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, world);
        (_layout, Rank, World) = (layout, rank, world);
        var owned = new List<OwnedRange>();
        foreach (var bucket in layout.Buckets)
        {
            var counts = Counts(bucket);
            if (counts[rank] > 0) owned.Add(new OwnedRange(bucket.Index, bucket.Offset + counts[..rank].Sum(), counts[rank], Length));
            Length += counts[rank];
        }

        Owned = owned;
    }

    public int Rank { get; }

    public int World { get; }

    public IReadOnlyList<OwnedRange> Owned { get; }

    /// <summary>Elements that this rank owns.</summary>
    public long Length { get; }

    /// <summary>Elements of a bucket by rank.</summary>
    public long[] Counts(FlatBucket bucket)
    {
        var units = bucket.Length / FlatLayout.Alignment;
        var counts = new long[World];
        for (var rank = 0; rank < World; rank++)
            counts[rank] = (units * (rank + 1) / World - units * rank / World) * FlatLayout.Alignment;
        return counts;
    }

    /// <summary>This rank's ranges cut where the weight decay changes.</summary>
    public IEnumerable<(OwnedRange Range, bool Decays)> DecayPieces()
    {
        foreach (var range in Owned)
        {
            foreach (var run in _layout.DecayRuns)
            {
                var start = Math.Max(range.Offset, run.Offset);
                var end = Math.Min(range.Offset + range.Length, run.Offset + run.Length);
                if (start < end) yield return (range with { Offset = start, Length = end - start, LocalOffset = range.LocalOffset + start - range.Offset }, run.Decays);
            }
        }
    }
}
