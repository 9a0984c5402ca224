using static TorchSharp.torch;

namespace MammutScale.Model.Generation;

/// <summary>The likeliest tokens of each sequence, likeliest first.</summary>
/// <param name="PerRow">Tokens a row.</param>
/// <param name="Ids">[R · PerRow].</param>
/// <param name="LogProbabilities">[R · PerRow].</param>
internal sealed record LikelyTokens(int PerRow, long[] Ids, float[] LogProbabilities)
{
    public ReadOnlySpan<long> IdsOf(int row) => Ids.AsSpan(row * PerRow, PerRow);

    public ReadOnlySpan<float> LogProbabilitiesOf(int row) => LogProbabilities.AsSpan(row * PerRow, PerRow);
}

/// <summary>Which tokens may come next: never pad or bos (they start and fill texts), eos not before the minimal length.</summary>
internal sealed record NextTokenRules(long Eos, long Pad, long? Bos, int MaxLength, int MinLength)
{
    /// <summary>The likeliest tokens under these rules; probabilities are those among the allowed tokens.</summary>
    /// <param name="logits">[R, V] float32, overwritten.</param>
    /// <param name="count">Tokens wanted for each row; fewer if the vocabulary is smaller.</param>
    /// <param name="generated">Tokens after the prompt that a row has.</param>
    public LikelyTokens Likeliest(Tensor logits, long count, Func<int, int> generated)
    {
        using var scope = NewDisposeScope();
        foreach (long never in new[] { Pad, Bos ?? Eos }.Where(id => id != Eos && id >= 0 && id < logits.shape[1]))
            logits.select(1, never).fill_(float.NegativeInfinity);
        bool[] early = [.. Enumerable.Range(0, (int)logits.shape[0]).Select(row => generated(row) < MinLength)];
        if (early.Any(e => e))
            logits.select(1, Eos).masked_fill_(tensor(early, device: logits.device), float.NegativeInfinity);
        int perRow = (int)Math.Min(count, logits.shape[1]);
        (Tensor values, Tensor ids) = logits.log_softmax(-1).topk(perRow, -1, largest: true, sorted: true);
        return new(perRow, ids.cpu().contiguous().data<long>().ToArray(), values.cpu().contiguous().data<float>().ToArray());
    }
}
