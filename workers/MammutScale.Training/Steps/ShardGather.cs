using MammutScale.Collectives;
using MammutScale.Training.Parameters;

namespace MammutScale.Training.Steps;

/// <summary>ZeRO-1's second half: every rank gives the weights that it has updated and receives all others, in place.</summary>
internal static class ShardGather
{
    public static void Run(ICollectives group, FlatState state, ShardMap shards)
    {
        if (group.WorldSize == 1) return;
        var works = new List<ICollectiveWork>(state.Layout.Buckets.Count);
        var weights = TensorMemory.Buffer(state.Weights);
        foreach (var bucket in state.Layout.Buckets)
        {
            var counts = shards.Counts(bucket);
            var whole = weights.Slice(bucket.Offset, bucket.Length);
            works.Add(group.AllGather(whole.Slice(counts[..shards.Rank].Sum(), counts[shards.Rank]), whole, counts));
        }

        foreach (var work in works) work.Wait();
        // the update counts as whole after this
        group.Settle();
    }
}
