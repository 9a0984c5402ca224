namespace MammutScale.DataLoader.Planning;

/// <summary>64-bit keys made from integers. The values are part of the order of every run: changing them is a new <see cref="DataPlan.OrderVersion"/>.</summary>
public static class Keys
{
    /// <summary>2⁶⁴ over the golden ratio: multiples of it are far apart.</summary>
    internal const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014; constants: Stafford's variant 13): a bijection that mixes every bit.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>A key that depends on both, and on their order.</summary>
    public static ulong Derive(ulong key, ulong value) => Mix((key * Golden) + Mix(value + Golden));

    /// <summary>A key for what is drawn for one sample in one epoch (crop, flip, caption): the same on whichever worker decodes it.</summary>
    public static ulong OfSample(ulong seed, SampleId sample, long epoch) =>
        Derive(Derive(Derive(Derive(seed, (ulong)epoch), (ulong)sample.Source), (ulong)sample.RowGroup), (ulong)sample.Row);
}
