namespace MammutScale.Model.Generation;

/// <summary>How the next token is chosen.</summary>
public enum GenerationMethod
{
    /// <summary>Always the likeliest token.</summary>
    Greedy,

    /// <summary>The likeliest sequences by beam search with a length penalty.</summary>
    Beam,

    /// <summary>Drawn at random, after temperature, top-k and top-p in this order.</summary>
    Sample,
}

/// <summary>How captions are generated.</summary>
public sealed record GenerationOptions
{
    public GenerationMethod Method { get; init; }

    /// <summary>Longest sequence, tokens, prompt and eos included; null = the model's context length.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Fewest tokens after the prompt before eos may come.</summary>
    public int MinLength { get; init; }

    /// <summary>Beam search: sequences kept at each step, and captions returned for each picture.</summary>
    public int Beams { get; init; } = 4;

    /// <summary>Beam search: captions are ranked by log-probability / tokens^penalty, where tokens counts eos but not the prompt. 0 = by log-probability, 1 = by its mean.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Sampling: the logits are divided by it.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Sampling: only so many of the likeliest tokens can be drawn; 0 = all.</summary>
    public int TopK { get; init; }

    /// <summary>Sampling: only the likeliest tokens that together reach this probability can be drawn; 1 = all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Sampling: the same seed draws the same captions. Each picture has a stream of its own, seeded by seed and its place in the batch.</summary>
    public long Seed { get; init; }

    /// <summary>False recomputes the whole sequence for every token: the same captions, slower. For checks.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>First token of a caption without prompt; null = the configuration's.</summary>
    public int? BosId { get; init; }

    /// <summary>The token that ends a caption; null = the configuration's.</summary>
    public int? EosId { get; init; }

    internal void ThrowIfInvalid()
    {
        List<string> faults = [];
        Check(MaxLength is null or >= 2, $"MaxLength is {MaxLength}: at least 2, for a first token and one more");
        Check(MinLength >= 0, $"MinLength is {MinLength}: at least 0");
        Check(Beams >= 1, $"Beams is {Beams}: at least 1");
        Check(double.IsFinite(LengthPenalty), $"LengthPenalty is {LengthPenalty}: a finite number");
        Check(double.IsFinite(Temperature) && Temperature > 0, $"Temperature is {Temperature}: above 0 (Greedy is the limit at 0)");
        Check(TopK >= 0, $"TopK is {TopK}: 0 for all tokens, or how many");
        Check(TopP is > 0 and <= 1, $"TopP is {TopP}: above 0, at most 1");
        if (faults.Count > 0)
            throw new GenerationException($"Captions cannot be generated like this: {string.Join("; ", faults)}.");

        void Check(bool holds, string fault)
        {
            if (!holds)
                faults.Add(fault);
        }
    }
}

/// <summary>A wish for captions that cannot be fulfilled, with the reason.</summary>
public sealed class GenerationException(string message) : Exception(message);
