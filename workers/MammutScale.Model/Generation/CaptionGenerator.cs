using static TorchSharp.torch;

namespace MammutScale.Model.Generation;

/// <summary>Writes captions, or answers that continue a prompt, for pictures and videos.</summary>
public sealed class CaptionGenerator(Mammut model)
{
    /// <summary>Captions of normalised pictures, [B, 3, H, W].</summary>
    /// <inheritdoc cref="Generate"/>
    public IReadOnlyList<IReadOnlyList<GeneratedCaption>> Describe(Tensor images, GenerationOptions options, IReadOnlyList<IReadOnlyList<long>>? prompts = null)
    {
        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        return Generate(model.EncodeImage(images).Tokens, options, prompts);
    }

    /// <summary>Captions of encoded pictures or videos.</summary>
    /// <param name="imageTokens">[B, N, w] of <see cref="ImageEncoding.Tokens"/> or of a video's encoding.</param>
    /// <param name="options">How.</param>
    /// <param name="prompts">For each picture how its text begins, bos included, of any lengths; null = bos.</param>
    /// <returns>For each picture its captions, best first: as many as beams, or one.</returns>
    /// <exception cref="GenerationException">Options or prompts do not fit the model.</exception>
    public IReadOnlyList<IReadOnlyList<GeneratedCaption>> Generate(Tensor imageTokens, GenerationOptions options, IReadOnlyList<IReadOnlyList<long>>? prompts = null)
    {
        options.ThrowIfInvalid();
        NextTokenRules rules = Rules(options);
        Prompts begin = Begin(imageTokens.shape[0], rules, model.Config.Text.VocabSize, prompts);
        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        int sequences = options.Method == GenerationMethod.Beam ? options.Beams : 1;
        using CachedDecoding? cached = options.UseCache ? new(model, imageTokens, sequences, rules.MaxLength) : null;
        INextTokens next = cached is null ? new FullDecoding(model, imageTokens, sequences) : cached;
        return options.Method switch
        {
            GenerationMethod.Beam => BeamSearch.Run(next, begin, rules, options.Beams, options.LengthPenalty, model.Device),
            GenerationMethod.Sample => Sample(next, begin, rules, options),
            _ => [.. TokenByToken.Run(next, begin, rules, 1, (_, _) => 0, model.Device).Select(caption => new[] { caption })],
        };
    }

    private GeneratedCaption[][] Sample(INextTokens next, Prompts begin, NextTokenRules rules, GenerationOptions options)
    {
        const long Apart = 1_000_003;
        Random[] random = [.. Enumerable.Range(0, begin.Count).Select(row => new Random((options.Seed + (row * Apart)).GetHashCode()))];
        long candidates = options.TopK == 0 ? model.Config.Text.VocabSize : options.TopK;
        return
        [
            .. TokenByToken.Run(next, begin, rules, candidates, Draw, model.Device).Select(caption => new[] { caption }),
        ];

        int Draw(int row, ReadOnlySpan<float> logProbabilities) =>
            TopSampling.Draw(logProbabilities, options.Temperature, options.TopP, random[row].NextDouble());
    }

    private NextTokenRules Rules(GenerationOptions options)
    {
        Configuration.TextConfig text = model.Config.Text;
        int maxLength = options.MaxLength ?? text.ContextLength;
        if (maxLength > text.ContextLength)
            throw new GenerationException($"MaxLength is {maxLength}, the model's context holds {text.ContextLength} tokens.");
        int eos = options.EosId ?? text.EosId
            ?? throw new GenerationException("The model's configuration names no eos token: set GenerationOptions.EosId.");
        if (eos < 0 || eos >= text.VocabSize)
            throw new GenerationException($"The eos token {eos} is not in the vocabulary of {text.VocabSize}.");
        return new(eos, text.PadId, options.BosId ?? text.BosId, maxLength, options.MinLength);
    }

    private static Prompts Begin(long pictures, NextTokenRules rules, int vocabulary, IReadOnlyList<IReadOnlyList<long>>? prompts)
    {
        if (prompts is null)
        {
            long bos = rules.Bos ?? throw new GenerationException("The model's configuration names no bos token: set GenerationOptions.BosId or give prompts.");
            prompts = [.. Enumerable.Range(0, (int)pictures).Select(_ => new[] { bos })];
        }
        if (prompts.Count != pictures || pictures == 0)
            throw new GenerationException($"{prompts.Count} prompts were given for {pictures} pictures: expected one for each, and at least one picture.");
        for (int row = 0; row < prompts.Count; row++)
        {
            if (prompts[row].Count < 1 || prompts[row].Count >= rules.MaxLength)
                throw new GenerationException($"Prompt {row} has {prompts[row].Count} tokens: from 1 to {rules.MaxLength - 1} leave room for an answer within {rules.MaxLength}.");
            foreach (long id in prompts[row])
            {
                if (id < 0 || id >= vocabulary)
                    throw new GenerationException($"Prompt {row} has the token {id}, which is not in the vocabulary of {vocabulary}.");
            }
        }
        return new(prompts);
    }
}
