using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes.Artwork;

namespace MammutScale.DataLoader.Scenes.Clips;

/// <summary>Draws a clip. Two objects keep to lanes of their own.</summary>
internal static class ClipComposer
{
    internal static MovingScene Compose(IReadOnlyList<ObjectArt> known, IReadOnlyList<ObjectArt>? needed, int size, int frames, ref Draws draws)
    {
        var theme = (ClipTheme)draws.NextBelow(3);
        var first = (needed ?? known)[draws.NextBelow((needed ?? known).Count)];
        int side = (int)(size * 0.27);
        double round = size + side;
        if (theme == ClipTheme.Direction)
        {
            var heading = Heading.All[draws.NextBelow(4)];
            double step = size * draws.NextBetween(0.02, 0.05);
            return new([new(first, heading, draws.NextBetween(0, round), draws.NextBetween(0, size - side), side, step, 0, frames - 1)], size, frames, theme);
        }
        ObjectArt second;
        do second = known[draws.NextBelow(known.Count)];
        while (second.Name == first.Name);
        bool flat = draws.NextUnit() < 0.5, swap = draws.NextUnit() < 0.5, leads = draws.NextUnit() < 0.5;
        List<Mover> movers = [];
        for (int i = 0; i < 2; i++)
        {
            var heading = Heading.All[(flat ? 0 : 2) + draws.NextBelow(2)];
            bool ahead = (i == 0) == leads;
            int half = frames / 2;
            var (start, stop, step) = theme == ClipTheme.Speed
                ? (0, frames - 1, size * (ahead ? 0.045 : 0.015))
                : (ahead ? 0 : half, ahead ? half - 1 : frames - 1, size * 0.04);
            double across = (i == 0) == swap ? size * 0.06 : (size * 0.94) - side;
            movers.Add(new(i == 0 ? first : second, heading, draws.NextBetween(0, round), across, side, step, start, stop));
        }
        return new(movers, size, frames, theme);
    }
}
