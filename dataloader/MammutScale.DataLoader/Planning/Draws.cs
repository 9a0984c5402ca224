namespace MammutScale.DataLoader.Planning;

/// <summary>
/// Random numbers that depend on a key and on how many were drawn before, and on nothing else: the same for a sample whichever
/// thread or rank asks. A use of its own (<see cref="For"/>) keeps its numbers when another use draws more.
/// </summary>
public struct Draws(ulong key)
{
    private readonly ulong _key = key;
    private ulong _count;

    /// <summary>The stream of one use of the same sample, such as cropping or the choice of a caption.</summary>
    public static Draws For(ulong sampleKey, DrawUse use) => new(Keys.Derive(sampleKey, (ulong)use));

    /// <summary>Uniform over 64 bits.</summary>
    public ulong NextBits() => Keys.Derive(_key, _count++);

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double NextBetween(double low, double high) => low + ((high - low) * NextUnit());

    /// <summary>Uniform in 0 … <paramref name="count"/>−1 (the bias of a 64-bit multiply is below 2^-32 for any int).</summary>
    public int NextBelow(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);
}

/// <summary>What numbers are drawn for. The values are part of the order of every run.</summary>
public enum DrawUse
{
    View = 1,
    Colour = 2,
    Caption = 3,
    Phrase = 4,
    Clip = 5,
}
