using MammutScale.Training.Parameters;

namespace MammutScale.Training.Checkpoints;

/// <summary>Which ranges of a checkpoint go where, for any layout, world and sharding on either side.</summary>
internal static class RestorePlan
{
    /// <summary>Weights whole, optimizer state as far as <paramref name="shards"/> hold it.</summary>
    /// <exception cref="CheckpointException">The checkpoint is of another model.</exception>
    public static IReadOnlyList<RangeCopy> For(Manifest manifest, FlatLayout layout, ShardMap shards, RestoreTargets targets)
    {
        var runs = Runs(manifest, layout);
        var copies = new List<RangeCopy>();
        foreach (var (from, to, count) in runs) copies.Add(new RangeCopy("weights", from, count, Place(TensorMemory.Address(targets.Weights), to)));
        AddShard(copies, "first", runs, shards, TensorMemory.Address(targets.First));
        AddShard(copies, "second", runs, shards, TensorMemory.Address(targets.Second));
        if (targets.Ema is { } ema) AddShard(copies, manifest.Buffers.Contains("ema") ? "ema" : "weights", runs, shards, TensorMemory.Address(ema));
        return copies;
    }

    /// <summary>Saved offset, own offset and length of what belongs together; everything at once where the layouts are equal.</summary>
    internal static List<(long From, long To, long Count)> Runs(Manifest manifest, FlatLayout layout)
    {
        var saved = manifest.Parameters.ToDictionary(p => p.Name);
        var faults = layout.Entries.Where(e => !saved.ContainsKey(e.Name)).Select(e => $"{e.Name} is missing")
            .Concat(saved.Keys.Where(n => !layout.ByName.ContainsKey(n)).Select(n => $"{n} is not in the model"))
            .Concat(layout.Entries.Where(e => saved.TryGetValue(e.Name, out var p) && !p.Shape.SequenceEqual(e.Parameter.Shape))
                .Select(e => $"{e.Name} is [{string.Join(", ", saved[e.Name].Shape)}], the model's is [{string.Join(", ", e.Parameter.Shape)}]"))
            .ToList();
        if (faults.Count > 0)
            throw new CheckpointException($"{CheckpointStore.NameOf(manifest.Step)} is of another model: {string.Join("; ", faults.Take(5))}{(faults.Count > 5 ? $"; and {faults.Count - 5} more" : "")}.");
        if (manifest.FlatLength == layout.Length && layout.Entries.All(e => saved[e.Name].Offset == e.Offset)) return [(0, 0, layout.Length)];
        return [.. layout.Entries.Select(e => (saved[e.Name].Offset, e.Offset, e.Count))];
    }

    private static void AddShard(List<RangeCopy> copies, string buffer, List<(long From, long To, long Count)> runs, ShardMap shards, nint address)
    {
        foreach (var range in shards.Owned)
        {
            foreach (var (from, to, count) in runs)
            {
                var start = Math.Max(range.Offset, to);
                var end = Math.Min(range.Offset + range.Length, to + count);
                if (start < end) copies.Add(new RangeCopy(buffer, from + start - to, end - start, Place(address, range.LocalOffset + start - range.Offset)));
            }
        }
    }

    private static nint Place(nint address, long element) => address + (nint)(element * sizeof(float));
}
