namespace MammutScale.DataLoader.Subsets.Columns;

/// <summary>Which truth values a condition can have in a row group, going by statistics alone.</summary>
[Flags]
internal enum Possible
{
    None = 0,
    True = 1,
    False = 2,
    Unknown = 4,
    Any = True | False | Unknown,
}

internal static class PossibleLogic
{
    public static Possible And(Possible a, Possible b)
    {
        var result = (a | b) & Possible.False;
        if (a.HasFlag(Possible.True) && b.HasFlag(Possible.True))
            result |= Possible.True;
        if ((a.HasFlag(Possible.Unknown) && (b & ~Possible.False) != 0) || (b.HasFlag(Possible.Unknown) && (a & ~Possible.False) != 0))
            result |= Possible.Unknown;
        return result;
    }

    public static Possible Or(Possible a, Possible b) => Not(And(Not(a), Not(b)));

    public static Possible Not(Possible a) =>
        (a & Possible.Unknown) | (a.HasFlag(Possible.True) ? Possible.False : 0) | (a.HasFlag(Possible.False) ? Possible.True : 0);
}
