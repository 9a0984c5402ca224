using MammutScale.Collectives;
using MammutScale.Training.Parameters;
using MammutScale.Training.Replicas;
using static TorchSharp.torch;

namespace MammutScale.Training.Sync;

/// <summary>Moves state between ranks' memory, bucket by bucket.</summary>
internal static class MemorySync
{
    /// <summary>Weights (and whole optimizer state) of <paramref name="source"/> to everybody.</summary>
    public static void Broadcast(ICollectives group, Replica replica, int source)
    {
        Broadcast(group, replica, replica.State.Weights, source);
        if (replica.Optimizer.Sharded) return;
        Broadcast(group, replica, replica.Optimizer.First, source);
        Broadcast(group, replica, replica.Optimizer.Second, source);
        if (replica.Optimizer.Ema is { } ema) Broadcast(group, replica, ema, source);
    }

    /// <summary>
    /// Sharded optimizer state to the new world's shards. Each old shard comes from one rank; a bucket at a time is put
    /// together as a sum of its shards, so that nobody ever holds more than a bucket of what is not its own.
    /// </summary>
    /// <param name="group">The new world.</param>
    /// <param name="replica">Holds the old shard; gets the new one.</param>
    /// <param name="gives">Whether this rank is the one that gives an old shard.</param>
    public static void Reshard(ICollectives group, Replica replica, Func<int, bool> gives)
    {
        var optimizer = replica.Optimizer;
        var old = optimizer.Shards;
        var next = optimizer.ShardsIn(group.Rank, group.WorldSize);
        var fresh = new List<Tensor>();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var buffer in Buffers(optimizer.First, optimizer.Second, optimizer.Ema))
        {
            var mine = zeros(next.Length, device: replica.State.Device);
            foreach (var bucket in replica.State.Layout.Buckets)
            {
                using var inner = NewDisposeScope();
                var whole = zeros(bucket.Length, device: replica.State.Device);
                foreach (var range in old.Owned.Where(o => o.Bucket == bucket.Index && gives(o.Shard)))
                    whole.narrow(0, range.Offset - bucket.Offset, range.Length).copy_(buffer.narrow(0, range.LocalOffset, range.Length));

                group.AllReduce(TensorMemory.Buffer(whole)).Wait();
                foreach (var range in next.Owned.Where(o => o.Bucket == bucket.Index))
                    mine.narrow(0, range.LocalOffset, range.Length).copy_(whole.narrow(0, range.Offset - bucket.Offset, range.Length));
            }

            fresh.Add(mine);
        }

        optimizer.Reshard(next);
        foreach (var (to, from) in Buffers(optimizer.First, optimizer.Second, optimizer.Ema).Zip(fresh)) to.copy_(from);
    }

    /// <summary>Weights put together from the shards that ranks hold after an update whose exchange was interrupted.</summary>
    public static void Assemble(ICollectives group, Replica replica, Func<int, bool> gives)
    {
        using var noGrad = no_grad();
        foreach (var bucket in replica.State.Layout.Buckets)
        {
            using var scope = NewDisposeScope();
            var weights = replica.State.Weights.narrow(0, bucket.Offset, bucket.Length);
            var whole = zeros(bucket.Length, device: replica.State.Device);
            foreach (var range in replica.Optimizer.Shards.Owned.Where(o => o.Bucket == bucket.Index && gives(o.Shard)))
                whole.narrow(0, range.Offset - bucket.Offset, range.Length).copy_(weights.narrow(0, range.Offset - bucket.Offset, range.Length));
            group.AllReduce(TensorMemory.Buffer(whole)).Wait();
            weights.copy_(whole);
        }
    }

    private static IEnumerable<Tensor> Buffers(Tensor first, Tensor second, Tensor? ema) => ema is null ? [first, second] : [first, second, ema];

    private static void Broadcast(ICollectives group, Replica replica, Tensor flat, int source)
    {
        var buffer = TensorMemory.Buffer(flat);
        foreach (var work in replica.State.Layout.Buckets.Select(b => group.Broadcast(buffer.Slice(b.Offset, b.Length), source)).ToList()) work.Wait();
    }
}
