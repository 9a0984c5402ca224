namespace MammutScale.DataLoader.Scenes.Artwork;

/// <summary>A thing that can be put into a scene.</summary>
/// <param name="Name">One word.</param>
/// <param name="Side">Its picture is square.</param>
/// <param name="Pixels">BGRA.</param>
internal sealed record ObjectArt(string Name, int Side, byte[] Pixels)
{
    internal bool HeldOut { get; init; }
}
