namespace MammutScale.DataLoader.Text;

/// <summary>Ids with a meaning of their own, and the size of the vocabulary with them.</summary>
internal readonly record struct SpecialTokens(int Bos, int Eos, int Pad, int VocabularySize)
{
    /// <summary>Padding that is no word: it can be left out by its id.</summary>
    internal bool PadIsWord { get; init; }

    /// <summary>Other ids that a caption must not be able to write, such as <c>&lt;|fim_prefix|&gt;</c>.</summary>
    internal IReadOnlyCollection<int> Reserved { get; init; } = [];

    public SpecialTokens() : this(0, 0, 0, 0) { }

    internal bool IsControl(int id) => id == Bos || id == Eos || (id == Pad && !PadIsWord) || Reserved.Contains(id);
}
