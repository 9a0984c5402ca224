namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>Which ranks a rank is connected to: those at distances 1, 2, 4, … both ways round the ring.</summary>
internal static class Neighbours
{
    public static int[] Of(int rank, int world)
    {
        var ranks = new SortedSet<int>();
        for (int distance = 1; distance < world; distance *= 2)
        {
            ranks.Add((rank + distance) % world);
            ranks.Add((rank - distance + world) % world);
        }
        return [.. ranks];
    }

    public static bool AreAdjacent(int a, int b, int world) => (a + 1) % world == b || (b + 1) % world == a;
}
