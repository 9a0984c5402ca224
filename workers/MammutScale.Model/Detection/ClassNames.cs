using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>The classes to look for, as text embeddings.</summary>
/// <param name="Texts">Embeddings of the names, length 1, [C, E] (<see cref="Mammut.EncodeText"/>, or the mean over prompts, normalised).</param>
/// <param name="Novel">For each class whether training did not know it; null = all are base classes.</param>
/// <param name="Background">What the encoder's softmax takes for background, [E], the embedding of "background" for instance; null = nothing.</param>
public sealed record ClassNames(Tensor Texts, IReadOnlyList<bool>? Novel = null, Tensor? Background = null)
{
    public int Count => (int)Texts.shape[0];

    internal IReadOnlyList<bool> NovelClasses => Novel ?? new bool[Count];

    internal void ThrowIfInvalid(long width)
    {
        if (Texts.dim() != 2 || Texts.shape[0] < 1 || Texts.shape[1] != width)
            throw new ArgumentException($"Class embeddings of shape [{string.Join(", ", Texts.shape)}]: this model takes [C, {width}] with C from 1.");
        if (NovelClasses.Count != Count)
            throw new ArgumentException($"{NovelClasses.Count} marks of novel classes were given for {Count} classes: expected one for each.");
        if (Background is not null && (Background.dim() != 1 || Background.shape[0] != width))
            throw new ArgumentException($"A background embedding of shape [{string.Join(", ", Background.shape)}]: this model takes [{width}].");
    }
}
