namespace MammutScale.Model.Generation;

/// <summary>A caption that the model wrote.</summary>
/// <param name="Ids">The tokens after the prompt, without eos.</param>
/// <param name="Ended">Whether eos followed; false = the length ran out.</param>
/// <param name="LogProbability">Σ ln p of the tokens and eos, before temperature.</param>
/// <param name="Score">What beam search ranks by; of the other methods the log-probability.</param>
public sealed record GeneratedCaption(IReadOnlyList<long> Ids, bool Ended, double LogProbability, double Score);
