namespace MammutScale.DataLoader.Planning;

/// <summary>
/// A 64-bit mark of the samples of a global batch and of their order. It is a sum over samples, so every rank marks its own lanes
/// and the marks are added (with wrap-around) to that of the batch.
/// </summary>
public static class SampleDigest
{
    /// <summary>The mark of one lane's slice.</summary>
    public static ulong OfSlice(int lane, ReadOnlySpan<SampleId> slice)
    {
        ulong sum = 0;
        for (var i = 0; i < slice.Length; i++)
            sum += Keys.OfSample(Keys.Derive((ulong)lane, (ulong)i), slice[i], 0);
        return sum;
    }
}
