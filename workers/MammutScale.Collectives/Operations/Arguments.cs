namespace MammutScale.Collectives.Operations;

/// <summary>Checks of what callers pass; a wrong shape is a programming error on this rank, so it never reaches the wire.</summary>
internal static class Arguments
{
    public static void Check(DeviceBuffer buffer, string name)
    {
        if (buffer.Count < 0 || (buffer.Address == 0 && buffer.Count > 0))
            throw new ArgumentException($"The buffer has address {buffer.Address} and {buffer.Count} elements.", name);
        if (!Enum.IsDefined(buffer.Type)) throw new ArgumentException($"Unknown element type {buffer.Type}.", name);
    }

    public static void CheckRoot(int root, int world)
    {
        if (root < 0 || root >= world) throw new ArgumentOutOfRangeException(nameof(root), root, $"There are {world} ranks.");
    }

    public static void CheckParts(DeviceBuffer whole, DeviceBuffer part, ReadOnlySpan<long> counts, int rank, int world)
    {
        Check(whole, nameof(whole));
        Check(part, nameof(part));
        if (whole.Type != part.Type) throw new ArgumentException($"Input and output differ in type: {whole.Type} and {part.Type} are given.");
        if (counts.IsEmpty)
        {
            if (whole.Count != part.Count * world)
                throw new ArgumentException($"{world} equal parts of {part.Count} elements make {part.Count * world}, but the whole has {whole.Count}.");
            return;
        }
        if (counts.Length != world) throw new ArgumentException($"{counts.Length} counts are given for {world} ranks.", nameof(counts));
        long sum = 0;
        foreach (long count in counts)
        {
            if (count < 0) throw new ArgumentException($"A count is negative: {count}.", nameof(counts));
            sum += count;
        }
        if (sum != whole.Count) throw new ArgumentException($"The counts add up to {sum}, but the whole has {whole.Count} elements.", nameof(counts));
        if (counts[rank] != part.Count)
            throw new ArgumentException($"Rank {rank}'s count is {counts[rank]}, but its part has {part.Count} elements.", nameof(counts));
    }
}
