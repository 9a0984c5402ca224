namespace MammutScale.DataLoader.Scenes.Artwork;

/// <summary>A colour that an object can be painted in.</summary>
internal sealed record Paint(string Name, byte Red, byte Green, byte Blue)
{
    internal static readonly Paint[] All =
    [
        new("red", 214, 39, 40), new("blue", 31, 90, 200), new("green", 44, 150, 44), new("yellow", 240, 200, 20),
        new("purple", 130, 60, 170), new("orange", 250, 125, 15), new("pink", 240, 110, 180), new("brown", 130, 82, 50),
    ];
}
