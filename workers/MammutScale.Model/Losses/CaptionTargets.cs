using static TorchSharp.torch;

namespace MammutScale.Model.Losses;

/// <summary>The next-token labels of a batch of texts, without the ignored ones.</summary>
/// <param name="Positions">Where the counted labels stand, index into B·(L−1), [T] int64.</param>
/// <param name="Labels">The counted labels, [T] int64.</param>
/// <param name="Count">T: what a global divisor sums over micro-batches and ranks.</param>
public sealed record CaptionTargets(Tensor Positions, Tensor Labels, long Count)
{
    /// <summary>Label of position t is token t+1; it counts where position t+1 is valid.</summary>
    /// <param name="ids">[B, L].</param>
    /// <param name="valid">[B, L] bool.</param>
    public static CaptionTargets From(Tensor ids, Tensor valid)
    {
        long last = ids.shape[1] - 1;
        Tensor positions = valid.narrow(1, 1, last).to(@bool).flatten().nonzero().squeeze(1);
        return new(positions, ids.narrow(1, 1, last).flatten().index_select(0, positions), positions.shape[0]);
    }

    /// <summary>The same from lengths that the host knows (right padding): needs nothing from the device.</summary>
    /// <param name="ids">Row-major [B, L].</param>
    /// <param name="lengths">Valid tokens of every row, bos and eos included.</param>
    /// <param name="length">L.</param>
    /// <param name="device">Where the model is.</param>
    public static CaptionTargets From(ReadOnlySpan<long> ids, ReadOnlySpan<int> lengths, int length, Device? device = null)
    {
        long count = 0;
        foreach (int n in lengths)
            count += Math.Max(n - 1, 0);
        (long[] positions, long[] labels) = (new long[count], new long[count]);
        int next = 0;
        for (int row = 0; row < lengths.Length; row++)
        {
            for (int t = 0; t + 1 < lengths[row]; t++, next++)
            {
                positions[next] = (row * (length - 1L)) + t;
                labels[next] = ids[(row * length) + t + 1];
            }
        }
        return new(tensor(positions, device: device), tensor(labels, device: device), count);
    }
}
