namespace MammutScale.Training.Parameters;

/// <summary>One parameter as the model tells it.</summary>
/// <param name="Name">Key in the state dict.</param>
/// <param name="Shape">Sizes; empty for a scalar.</param>
/// <param name="Decays">Weight decay applies.</param>
/// <param name="Stage">Parameters of a stage get their gradients together; backward reaches the lowest stage first.</param>
internal sealed record ParameterSpec(string Name, long[] Shape, bool Decays, int Stage)
{
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>Where a parameter lies in the flat buffers, in elements.</summary>
internal sealed record FlatEntry(ParameterSpec Parameter, long Offset)
{
    public string Name => Parameter.Name;

    public long Count => Parameter.Count;
}

/// <summary>A range that is reduced in one piece. It holds whole parameters and may start once all stages up to <paramref name="LastStage"/> have their gradients.</summary>
internal sealed record FlatBucket(int Index, long Offset, long Length, int LastStage);

/// <summary>A range with one weight decay setting.</summary>
internal readonly record struct DecayRun(long Offset, long Length, bool Decays);

/// <summary>
/// The order of all parameters in the flat buffers: by stage, so that buckets fill in the order of the backward pass; inside
/// a bucket decayed ones first. Every parameter starts at a multiple of <see cref="Alignment"/>. The layout depends on the
/// model and the bucket size only, never on the number of ranks.
/// </summary>
internal sealed class FlatLayout
{
    /// <summary>Elements; 64 bytes of float32.</summary>
    public const int Alignment = 16;

    private FlatLayout(List<FlatEntry> entries, List<FlatBucket> buckets, List<DecayRun> runs)
    {
        (Entries, Buckets, DecayRuns) = (entries, buckets, runs);
        Length = buckets.Count == 0 ? 0 : buckets[^1].Offset + buckets[^1].Length;
        ByName = entries.ToDictionary(e => e.Name);
    }

    public IReadOnlyList<FlatEntry> Entries { get; }

    public IReadOnlyDictionary<string, FlatEntry> ByName { get; }

    public IReadOnlyList<FlatBucket> Buckets { get; }

    /// <summary>The decay setting of every element, as runs without gaps.</summary>
    public IReadOnlyList<DecayRun> DecayRuns { get; }

    /// <summary>Elements of a flat buffer, padding included.</summary>
    public long Length { get; }

    /// <param name="parameters">In any order; the order inside a stage is kept.</param>
    /// <param name="bucketElements">A bucket is closed once it holds so many elements.</param>
    public static FlatLayout Build(IEnumerable<ParameterSpec> parameters, long bucketElements)
    {
        var entries = new List<FlatEntry>();
        var buckets = new List<FlatBucket>();
        var runs = new List<DecayRun>();
        var open = new List<ParameterSpec>();
        long filled = 0;

        void Close()
        {
            if (open.Count == 0) return;
            var start = buckets.Count == 0 ? 0 : buckets[^1].Offset + buckets[^1].Length;
            var offset = start;
            foreach (var group in open.GroupBy(p => p.Decays).OrderByDescending(g => g.Key))
            {
                var first = offset;
                foreach (var parameter in group)
                {
                    entries.Add(new FlatEntry(parameter, offset));
                    offset += Padded(parameter.Count);
                }

                Extend(runs, first, offset - first, group.Key);
            }

            buckets.Add(new FlatBucket(buckets.Count, start, offset - start, open.Max(p => p.Stage)));
            open.Clear();
            filled = 0;
        }

        foreach (var parameter in parameters.OrderBy(p => p.Stage))
        {
            open.Add(parameter);
            filled += Padded(parameter.Count);
            if (filled >= bucketElements) Close();
        }

        Close();
        return new FlatLayout(entries, buckets, runs);
    }

    private static void Extend(List<DecayRun> runs, long offset, long length, bool decays)
    {
        if (runs.Count > 0 && runs[^1].Decays == decays)
            runs[^1] = runs[^1] with { Length = runs[^1].Length + length };
        else
            runs.Add(new DecayRun(offset, length, decays));
    }

    private static long Padded(long count) => (count + Alignment - 1) / Alignment * Alignment;
}
