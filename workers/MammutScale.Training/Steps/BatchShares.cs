using MammutScale.Training.Agreement;

namespace MammutScale.Training.Steps;

/// <summary>What a rank has of a global batch.</summary>
internal readonly record struct BatchShare(long Samples, long Labels);

/// <summary>How a global batch is spread over the ranks.</summary>
internal sealed class BatchShares
{
    private BatchShares(int[] counts, int rank, long labels)
    {
        Counts = counts;
        Labels = labels;
        Total = counts.Sum();
        Offset = counts[..rank].Sum();
    }

    /// <summary>Samples by rank.</summary>
    public int[] Counts { get; }

    /// <summary>Samples of the global batch.</summary>
    public int Total { get; }

    /// <summary>Where this rank's samples stand in the global batch.</summary>
    public int Offset { get; }

    /// <summary>Caption labels of the global batch: what the captioning loss is divided by.</summary>
    public long Labels { get; }

    /// <summary>Every rank tells its part.</summary>
    /// <param name="exchange">Among the ranks.</param>
    /// <param name="rank">This rank.</param>
    /// <param name="lengths">Tokens of its captions; each gives one label less than it has tokens.</param>
    public static BatchShares Agree(RankExchange<BatchShare> exchange, int rank, ReadOnlySpan<int> lengths)
    {
        long labels = 0;
        foreach (var length in lengths) labels += Math.Max(0, length - 1);
        var all = exchange.Exchange(new BatchShare(lengths.Length, labels));
        var counts = new int[all.Length];
        long total = 0;
        for (var r = 0; r < all.Length; r++)
        {
            counts[r] = (int)all[r].Samples;
            total += all[r].Labels;
        }

        return new BatchShares(counts, rank, total);
    }
}
