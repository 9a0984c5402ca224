using MammutScale.DataLoader.Scenes.Artwork;

namespace MammutScale.DataLoader.Scenes.Clips;

/// <summary>A direction on the picture.</summary>
internal sealed record Heading(string Name, string Opposite, int X, int Y)
{
    internal static readonly Heading[] All = [new("right", "left", 1, 0), new("left", "right", -1, 0), new("up", "down", 0, -1), new("down", "up", 0, 1)];
}

/// <summary>
/// An object that moves straight on, from its start frame to its stop frame. What leaves the picture on one side comes back on the
/// other: so its place in any single frame is equally likely for every direction, and says nothing about the motion.
/// </summary>
/// <param name="Along">Place on the axis of motion before it moves, in 0 … picture + side.</param>
/// <param name="Across">Place on the other axis.</param>
/// <param name="Step">Pixels a frame.</param>
/// <param name="Start">First frame that moves it.</param>
/// <param name="Stop">Frame after the last one that moves it.</param>
internal sealed record Mover(ObjectArt Art, Heading Heading, double Along, double Across, int Side, double Step, int Start, int Stop)
{
    internal string Name => Art.Name;

    /// <summary>Upper left corner in a frame of a picture of the given size.</summary>
    internal (int X, int Y) At(int frame, int size)
    {
        double way = Step * (Math.Clamp(frame, Start, Stop) - Start) * (Heading.X + Heading.Y), round = size + Side;
        double place = Along + way;
        int along = (int)Math.Round(place - (round * Math.Floor(place / round))) - Side, across = (int)Math.Round(Across);
        return Heading.X != 0 ? (along, across) : (across, along);
    }
}

/// <summary>One or two movers; what they do together is drawn so that no single frame tells it.</summary>
internal sealed record MovingScene(IReadOnlyList<Mover> Movers, int Size, int Frames, ClipTheme Theme);

/// <summary>What a clip is about.</summary>
internal enum ClipTheme
{
    /// <summary>One object moves; whereto?</summary>
    Direction,

    /// <summary>Two objects move; which is faster?</summary>
    Speed,

    /// <summary>Two objects move one after the other; which is first?</summary>
    Order,
}
