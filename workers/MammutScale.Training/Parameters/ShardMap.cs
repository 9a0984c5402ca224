namespace MammutScale.Training.Parameters;

/// <summary>A piece of the flat buffers that one rank holds: part <paramref name="Shard"/> of a bucket, and where it lies in that rank's own compact buffers.</summary>
internal readonly record struct OwnedRange(int Bucket, int Shard, long Offset, long Length, long LocalOffset);

/// <summary>
/// Which rank owns which part of every bucket: W parts of nearly equal length, cut at multiples of
/// <see cref="FlatLayout.Alignment"/>. Owners update their part (ZeRO-1), measure its norm and write it into checkpoints. With
/// several copies a rank also holds the parts of the ranks after it, so that a lost rank takes nothing with it.
/// </summary>
internal sealed class ShardMap
{
    private readonly FlatLayout _layout;

    public ShardMap(FlatLayout layout, int rank, int world, int copies = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, world);
        (_layout, Rank, World, WantedCopies) = (layout, rank, world, copies);
        var owned = new List<OwnedRange>();
        foreach (var bucket in layout.Buckets)
        {
            var counts = Counts(bucket);
            foreach (var shard in Shards(rank, world, copies).Order())
            {
                if (counts[shard] > 0) owned.Add(new OwnedRange(bucket.Index, shard, bucket.Offset + counts[..shard].Sum(), counts[shard], Length));
                Length += counts[shard];
            }
        }

        Owned = owned;
    }

    public int Rank { get; }

    public int World { get; }

    /// <summary>How many ranks hold each part, where there are so many.</summary>
    public int WantedCopies { get; }

    public int Copies => Math.Min(WantedCopies, World);

    public IReadOnlyList<OwnedRange> Owned { get; }

    /// <summary>Elements that this rank holds.</summary>
    public long Length { get; }

    /// <summary>The parts that a rank holds: its own, then those of the ranks after it.</summary>
    public static IEnumerable<int> Shards(int rank, int world, int copies) => Enumerable.Range(0, Math.Min(copies, world)).Select(i => (rank + i) % world);

    /// <summary>Where an element of a held range lies in this rank's compact buffers.</summary>
    public long LocalOf(long offset)
    {
        foreach (var range in Owned)
        {
            if (offset >= range.Offset && offset < range.Offset + range.Length) return range.LocalOffset + offset - range.Offset;
        }

        throw new ArgumentOutOfRangeException(nameof(offset), offset, $"Rank {Rank} of {World} does not hold this element.");
    }

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
