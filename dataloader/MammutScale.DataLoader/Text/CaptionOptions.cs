using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Text;

/// <summary>Which text goes with a picture.</summary>
public sealed record CaptionOptions
{
    private const string Slot = "{}";

    /// <summary>Draw one of several captions for every sample and epoch; otherwise the first is taken.</summary>
    public bool DrawCaption { get; init; } = true;

    /// <summary>Phrases to put the caption into, as <c>a photo of {}</c>; one is drawn. Empty for the caption as it is.</summary>
    public IReadOnlyList<string> Phrases { get; init; } = [];

    public bool Lowercase { get; init; }

    /// <exception cref="DataFormatException">A phrase has no slot.</exception>
    public void Check()
    {
        foreach (string phrase in Phrases)
            if (!phrase.Contains(Slot, StringComparison.Ordinal)) throw new DataFormatException($"phrase '{phrase}' has no {Slot} for the caption");
    }

    /// <summary>The text of a sample: a pure function of its captions and its key.</summary>
    /// <param name="captions">At least one.</param>
    public string Choose(IReadOnlyList<string> captions, ulong sampleKey)
    {
        int chosen = DrawCaption && captions.Count > 1 ? Draws.For(sampleKey, DrawUse.Caption).NextBelow(captions.Count) : 0;
        string text = captions[chosen];
        if (Phrases.Count > 0) text = Phrases[Draws.For(sampleKey, DrawUse.Phrase).NextBelow(Phrases.Count)].Replace(Slot, text, StringComparison.Ordinal);
        return Lowercase ? text.ToLowerInvariant() : text;
    }
}
