using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes.Words;

namespace MammutScale.DataLoader.Scenes.Clips;

/// <summary>What can be said and asked about a clip.</summary>
internal static class ClipTexts
{
    internal static IReadOnlyList<string> Captions(MovingScene clip)
    {
        var moves = clip.Movers.Select(m => $"{English.A(m.Name)} moves {m.Heading.Name}").ToArray();
        if (clip.Theme == ClipTheme.Direction) return [moves[0], $"{English.A(clip.Movers[0].Name)} moving {clip.Movers[0].Heading.Name}"];
        var (ahead, behind) = Ranked(clip);
        string both = $"{moves[0]} and {moves[1]}";
        return clip.Theme == ClipTheme.Speed
            ? [both, $"{English.A(ahead.Name)} moves faster than {English.A(behind.Name)}", $"{English.A(behind.Name)} moves slower than {English.A(ahead.Name)}"]
            : [$"{English.A(ahead.Name)} moves {ahead.Heading.Name}, then {English.A(behind.Name)} moves {behind.Heading.Name}", $"first {English.A(ahead.Name)} moves, then {English.A(behind.Name)}"];
    }

    internal static IReadOnlyList<SceneQuestion> Questions(MovingScene clip, ref Draws draws)
    {
        var one = clip.Movers[draws.NextBelow(clip.Movers.Count)];
        List<SceneQuestion> all = [new("direction", $"in which direction does the {one.Name} move", one.Heading.Name)];
        bool truth = draws.NextUnit() < 0.5;
        all.Add(new("direction", $"does the {one.Name} move {(truth ? one.Heading.Name : one.Heading.Opposite)}", truth ? "yes" : "no"));
        if (clip.Theme == ClipTheme.Direction) return all;
        var (ahead, behind) = Ranked(clip);
        bool turn = draws.NextUnit() < 0.5;
        all.Add(clip.Theme == ClipTheme.Speed
            ? new("speed", turn ? "which object is faster" : "which object is slower", turn ? ahead.Name : behind.Name)
            : new("order", turn ? "which object moves first" : "which object moves last", turn ? ahead.Name : behind.Name));
        return all;
    }

    /// <summary>The faster or earlier object first.</summary>
    private static (Mover Ahead, Mover Behind) Ranked(MovingScene clip)
    {
        var (a, b) = (clip.Movers[0], clip.Movers[1]);
        bool first = clip.Theme == ClipTheme.Speed ? a.Step > b.Step : a.Start < b.Start;
        return first ? (a, b) : (b, a);
    }
}
