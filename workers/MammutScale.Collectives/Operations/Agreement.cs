namespace MammutScale.Collectives.Operations;

/// <summary>Whether two ranks mean the same operation.</summary>
internal static class Agreement
{
    /// <summary>In words; null when they agree.</summary>
    public static string? Difference(Operation mine, Operation theirs)
    {
        bool same = mine.Sequence == theirs.Sequence && mine.Kind == theirs.Kind && mine.Count == theirs.Count && mine.Type == theirs.Type
            && mine.Reduce == theirs.Reduce && mine.Root == theirs.Root && mine.Offsets.AsSpan().SequenceEqual(theirs.Offsets);
        return same ? null : $"{theirs.Describe()} against {mine.Describe()}";
    }
}
