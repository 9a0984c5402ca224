namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>Values with the edges that readers fall over: nulls, empty text, characters of several bytes with shared prefixes.</summary>
internal static class TestValues
{
    private static readonly string[] Stems = ["", "ä", "äö", "äöü straße", "猫", "猫と犬", "👩‍👩‍👧 family", "plain", "plain text", "plain text and more of it", "\u0000nul"];

    public static string?[] Texts(int count, int seed, bool nulls = true)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => nulls && random.Next(5) == 0 ? null : Stems[random.Next(Stems.Length)] + (random.Next(2) == 0 ? "" : random.Next(100).ToString()))];
    }

    public static byte[]?[] Blobs(int count, int seed, bool nulls = true)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            if (nulls && random.Next(6) == 0) return null;
            var bytes = new byte[random.Next(0, 3000)];
            random.NextBytes(bytes);
            return bytes;
        })];
    }

    public static long?[] Integers(int count, int seed, long min, long max)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => random.Next(7) switch { 0 => (long?)null, 1 => min, 2 => max, 3 => i, _ => random.NextInt64(min, max) })];
    }

    public static double?[] Doubles(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => random.Next(6) switch { 0 => (double?)null, 1 => 0, 2 => -1.5e300, _ => random.NextDouble() })];
    }
}
