using MammutScale.DataLoader.Scenes.Artwork;

namespace MammutScale.DataLoader.Scenes.Stills;

/// <summary>An object at its place, in pixels.</summary>
internal sealed record PlacedObject(ObjectArt Art, Paint? Paint, int X, int Y, int Side)
{
    internal string Name => Art.Name;

    /// <summary>With its colour, if it was painted.</summary>
    internal string Phrase => Paint is null ? Name : $"{Paint.Name} {Name}";

    internal double CentreX => X + (Side / 2.0);

    internal double CentreY => Y + (Side / 2.0);
}

/// <summary>A picture of several objects that do not overlap.</summary>
internal sealed record Still(IReadOnlyList<PlacedObject> Objects, int Size)
{
    /// <summary>The only object of a class, or null.</summary>
    internal bool IsOnly(PlacedObject one) => Objects.Count(o => o.Name == one.Name) == 1;
}
