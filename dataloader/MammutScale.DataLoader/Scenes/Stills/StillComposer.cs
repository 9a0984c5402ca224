using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes.Artwork;

namespace MammutScale.DataLoader.Scenes.Stills;

/// <summary>Draws a scene: one to five objects, some of the same class, painted in half of the scenes.</summary>
internal static class StillComposer
{
    /// <param name="known">Classes to draw from.</param>
    /// <param name="needed">Classes of which the first object must be; null for any.</param>
    internal static Still Compose(IReadOnlyList<ObjectArt> known, IReadOnlyList<ObjectArt>? needed, int size, ref Draws draws)
    {
        bool painted = draws.NextUnit() < 0.5;
        int count = 1 + draws.NextBelow(5);
        List<PlacedObject> placed = [];
        for (int i = 0; i < count; i++)
        {
            // A third of the further objects repeat a class, so that there is something to count.
            var art = i == 0 && needed is not null ? needed[draws.NextBelow(needed.Count)]
                : i > 0 && draws.NextUnit() < 0.33 ? placed[draws.NextBelow(placed.Count)].Art
                : known[draws.NextBelow(known.Count)];
            var paint = painted ? Paint.All[draws.NextBelow(Paint.All.Length)] : null;
            if (FindPlace(placed, art, paint, size, ref draws) is { } one) placed.Add(one);
        }
        return new(placed, size);
    }

    /// <summary>A free place, tried for a while; null when the picture is full.</summary>
    private static PlacedObject? FindPlace(List<PlacedObject> placed, ObjectArt art, Paint? paint, int size, ref Draws draws)
    {
        for (int attempt = 0; attempt < 40; attempt++)
        {
            int side = (int)Math.Round(size * draws.NextBetween(0.2, 0.36));
            PlacedObject one = new(art, paint, draws.NextBelow(size - side + 1), draws.NextBelow(size - side + 1), side);
            if (placed.All(o => Apart(o, one))) return one;
        }
        return null;
    }

    private static bool Apart(PlacedObject a, PlacedObject b) => a.X + a.Side + 2 <= b.X || b.X + b.Side + 2 <= a.X || a.Y + a.Side + 2 <= b.Y || b.Y + b.Side + 2 <= a.Y;
}
