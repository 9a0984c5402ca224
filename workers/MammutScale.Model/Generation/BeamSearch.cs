using static TorchSharp.torch;

namespace MammutScale.Model.Generation;

/// <summary>Beam search: of all continuations of a picture's sequences the likeliest go on.</summary>
internal static class BeamSearch
{
    /// <param name="model">The sequences: for each prompt as many as there are beams, neighbours.</param>
    /// <param name="prompts">How they begin.</param>
    /// <param name="rules">What may come next.</param>
    /// <param name="beams">Sequences kept for each picture.</param>
    /// <param name="lengthPenalty">Exponent of the length that log-probabilities are divided by.</param>
    /// <param name="device">Where token ids go.</param>
    /// <returns>For each picture up to as many captions as beams, best first.</returns>
    public static GeneratedCaption[][] Run(INextTokens model, Prompts prompts, NextTokenRules rules, int beams, double lengthPenalty, Device device)
    {
        BeamSet[] pictures = [.. Enumerable.Range(0, prompts.Count).Select(row => new BeamSet(beams, lengthPenalty, rules.MaxLength - prompts.Length(row)))];
        var next = new long[prompts.Count * beams];
        var from = new long[next.Length];
        using var scope = NewDisposeScope();
        Tensor logits = model.Append(prompts.Head(beams, device));
        for (int position = prompts.Shortest; ; position++)
        {
            // among twice as many as there are beams, at least so many are not eos
            LikelyTokens offered = rules.Likeliest(logits, 2L * beams, row => pictures[row / beams].Length);
            logits.Dispose();
            for (int picture = 0; picture < pictures.Length; picture++)
                Advance(picture, position, offered);
            if (position == rules.MaxLength - 1 || pictures.All(p => p.Done))
                return [.. pictures.Select(p => p.Best())];
            model.Reorder(from);
            using Tensor appended = tensor(next, [next.Length, 1], device: device);
            logits = model.Append(appended);
        }

        void Advance(int picture, int position, LikelyTokens offered)
        {
            int first = picture * beams;
            bool going = prompts.Forced(picture, position) is null && !pictures[picture].Done;
            if (going)
                pictures[picture].Advance(offered, first, rules.Eos);
            for (int beam = 0; beam < beams; beam++)
            {
                from[first + beam] = first + (going ? pictures[picture].Parents[beam] : beam);
                next[first + beam] = prompts.Forced(picture, position) ?? (going ? pictures[picture].Last(beam, rules.Pad) : rules.Pad);
            }
        }
    }
}
