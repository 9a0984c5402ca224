using static TorchSharp.torch;

namespace MammutScale.Model.Generation;

/// <summary>Greedy decoding and sampling: one sequence a picture, one token at a time.</summary>
internal static class TokenByToken
{
    /// <summary>Picks among the candidates of a row, by index.</summary>
    public delegate int TokenChoice(int row, ReadOnlySpan<float> logProbabilities);

    /// <param name="model">The sequences, one for each prompt.</param>
    /// <param name="prompts">How they begin.</param>
    /// <param name="rules">What may come next.</param>
    /// <param name="candidates">How many of the likeliest tokens are offered.</param>
    /// <param name="choose">Which one is taken.</param>
    /// <param name="device">Where token ids go.</param>
    public static GeneratedCaption[] Run(INextTokens model, Prompts prompts, NextTokenRules rules, long candidates, TokenChoice choose, Device device)
    {
        var ids = new List<long>[prompts.Count];
        for (int row = 0; row < ids.Length; row++)
            ids[row] = [];
        var ended = new bool[prompts.Count];
        var probability = new double[prompts.Count];
        var next = new long[prompts.Count];
        using var scope = NewDisposeScope();
        Tensor logits = model.Append(prompts.Head(1, device));
        for (int position = prompts.Shortest; ; position++)
        {
            LikelyTokens offered = rules.Likeliest(logits, candidates, row => ids[row].Count);
            logits.Dispose();
            for (int row = 0; row < next.Length; row++)
                next[row] = prompts.Forced(row, position) ?? (ended[row] ? rules.Pad : Take(row, offered));
            if (position == rules.MaxLength - 1 || ended.All(e => e))
                return [.. ids.Select((tokens, row) => new GeneratedCaption(tokens, ended[row], probability[row], probability[row]))];
            using Tensor appended = tensor(next, [next.Length, 1], device: device);
            logits = model.Append(appended);
        }

        long Take(int row, LikelyTokens offered)
        {
            int index = choose(row, offered.LogProbabilitiesOf(row));
            long token = offered.IdsOf(row)[index];
            probability[row] += offered.LogProbabilitiesOf(row)[index];
            ended[row] = token == rules.Eos;
            if (!ended[row])
                ids[row].Add(token);
            return token;
        }
    }
}
