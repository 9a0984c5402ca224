namespace MammutScale.DataLoader.Planning;

/// <summary>
/// One fork of the mixture: of the items of a lane that reach it, a fixed share goes left, the rest right, spread by error
/// diffusion. After n items, floor(share × n + phase) have gone left; every lane has its own phase, (2 × lane + 1) / 2L, so that
/// the lanes together are exact as well. Counts are closed forms in both directions; nothing is remembered.
/// </summary>
internal readonly struct MixtureSplit(long leftParts, long allParts, int lanes)
{
    private UInt128 Whole => (UInt128)(2UL * (ulong)lanes) * (ulong)allParts;

    private UInt128 Step => (UInt128)(2UL * (ulong)lanes) * (ulong)leftParts;

    /// <summary>Of the first <paramref name="items"/> items, how many went left.</summary>
    public long Left(int phase, long items) => (long)(((Step * (ulong)items) + Offset(phase)) / Whole);

    /// <summary>The number, from 0, of the item that is number <paramref name="index"/> among those that went left.</summary>
    public long ItemOfLeft(int phase, long index)
    {
        var need = ((UInt128)((ulong)index + 1) * Whole) - Offset(phase);
        return (long)((need + Step - 1) / Step) - 1;
    }

    /// <summary>The number, from 0, of the item that is number <paramref name="index"/> among those that went right.</summary>
    public long ItemOfRight(int phase, long index) => (long)((Offset(phase) + (Whole * (ulong)index)) / (Whole - Step));

    private UInt128 Offset(int phase) => (UInt128)((2UL * (ulong)phase) + 1) * (ulong)allParts;
}
