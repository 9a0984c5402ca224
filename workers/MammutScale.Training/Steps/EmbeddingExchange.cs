using MammutScale.Collectives;
using MammutScale.Training.Parameters;
using MammutScale.Training.Phases;
using static TorchSharp.torch;

namespace MammutScale.Training.Steps;

/// <summary>
/// The gather of embeddings and its gradient: forward lays all ranks' rows one after another, backward sums what every rank
/// found for a row and gives it to the row's owner. Parts may be uneven.
/// </summary>
internal sealed class EmbeddingExchange(ICollectives group, PhaseClock clock)
{
    /// <summary>[b, E] of every rank to [N, E].</summary>
    public Tensor Gather(Tensor local, BatchShares shares)
    {
        if (group.WorldSize == 1) return local.clone();
        var rows = local.contiguous();
        var all = empty([shares.Total, rows.shape[1]], dtype: rows.dtype, device: rows.device);
        using (clock.Enter(Phase.Communication))
            group.AllGather(TensorMemory.Buffer(rows), TensorMemory.Buffer(all), Elements(shares, rows.shape[1])).Wait();
        // a device still reads what the host is done with; the allocator knows of the compute stream only, which waits now
        GC.KeepAlive(rows);
        return all;
    }

    /// <summary>Gradients of all rows [N, E] on every rank to the sum over the ranks for the own rows [b, E].</summary>
    public Tensor ScatterSum(Tensor gradient, BatchShares shares)
    {
        if (group.WorldSize == 1) return gradient;
        var rows = gradient.contiguous();
        var mine = empty([shares.Counts[group.Rank], rows.shape[1]], dtype: rows.dtype, device: rows.device);
        using (clock.Enter(Phase.Communication))
            group.ReduceScatter(TensorMemory.Buffer(rows), TensorMemory.Buffer(mine), ReduceOp.Sum, Elements(shares, rows.shape[1])).Wait();
        GC.KeepAlive(rows);
        return mine;
    }

    private static long[] Elements(BatchShares shares, long width) => Array.ConvertAll(shares.Counts, count => count * width);
}
