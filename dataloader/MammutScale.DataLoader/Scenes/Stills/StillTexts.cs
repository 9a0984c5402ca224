using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Scenes.Artwork;
using MammutScale.DataLoader.Scenes.Words;

namespace MammutScale.DataLoader.Scenes.Stills;

/// <summary>What can be said and asked about a still.</summary>
internal static class StillTexts
{
    /// <summary>Centres must differ by this share of the picture before a relation is named.</summary>
    private const double Clear = 0.18;

    /// <summary>One caption that lists everything, and those that name a relation of two objects.</summary>
    internal static IReadOnlyList<string> Captions(Still still)
    {
        List<string> captions = [English.List([.. still.Objects.GroupBy(o => o.Phrase).Select(g => g.Count() == 1 ? English.A(g.Key) : $"{English.Number(g.Count())} {Many(g.First())}")])];
        foreach (var a in still.Objects)
            foreach (var b in still.Objects)
                if (a != b && a.Phrase != b.Phrase && Relation(a, b, still.Size) is { } relation)
                    captions.Add($"{English.A(a.Phrase)} {relation} {English.A(b.Phrase)}");
        return [.. captions.Distinct().Take(6)];
    }

    internal static IReadOnlyList<SceneQuestion> Questions(Still still, IReadOnlyList<ObjectArt> classes, ref Draws draws)
    {
        List<SceneQuestion> all = [];
        var some = still.Objects[draws.NextBelow(still.Objects.Count)];
        all.Add(new("count", $"how many {English.Plural(some.Name)} are there", Count(still, some)));
        var absent = classes[draws.NextBelow(classes.Count)];
        bool ask = draws.NextUnit() < 0.5;
        var asked = ask ? some.Art : absent;
        all.Add(new("presence", $"is there {English.A(asked.Name)}", still.Objects.Any(o => o.Name == asked.Name) ? "yes" : "no"));
        var only = still.Objects.Where(still.IsOnly).ToList();
        if (only.Find(o => o.Paint is not null) is { } painted) all.Add(new("colour", $"what colour is the {painted.Name}", painted.Paint!.Name));
        if (only.Count > 0 && Half(only[0], still.Size) is { } half) all.Add(new("position", $"is the {only[0].Name} in the {half.Axis} of the picture", half.Answer));
        if (only.Count > 1 && Relation(only[0], only[1], still.Size) is { } relation)
        {
            bool turn = draws.NextUnit() < 0.5;
            all.Add(turn
                ? new("position", $"what is {relation} the {only[1].Name}", Only(still, only[1], relation) ?? "")
                : new("position", $"where is the {only[0].Name}, seen from the {only[1].Name}", relation.Contains("left", StringComparison.Ordinal) ? "left" : relation.Contains("right", StringComparison.Ordinal) ? "right" : relation));
        }
        return [.. all.Where(q => q.Answer.Length > 0)];
    }

    private static string Many(PlacedObject one) => one.Paint is null ? English.Plural(one.Name) : $"{one.Paint.Name} {English.Plural(one.Name)}";

    private static string Count(Still still, PlacedObject one) => still.Objects.Count(o => o.Name == one.Name).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Where a is, seen from b, when one direction clearly prevails.</summary>
    private static string? Relation(PlacedObject a, PlacedObject b, int size)
    {
        double dx = (a.CentreX - b.CentreX) / size, dy = (a.CentreY - b.CentreY) / size;
        if (Math.Abs(dx) > Clear && Math.Abs(dx) > 1.5 * Math.Abs(dy)) return dx < 0 ? "to the left of" : "to the right of";
        if (Math.Abs(dy) > Clear && Math.Abs(dy) > 1.5 * Math.Abs(dx)) return dy < 0 ? "above" : "below";
        return null;
    }

    /// <summary>The name of the only object in that relation, or null when there are several.</summary>
    private static string? Only(Still still, PlacedObject to, string relation)
    {
        var fits = still.Objects.Where(o => o != to && Relation(o, to, still.Size) == relation).ToList();
        return fits.Count == 1 ? fits[0].Name : null;
    }

    private static (string Axis, string Answer)? Half(PlacedObject one, int size)
    {
        double x = (one.CentreX / size) - 0.5, y = (one.CentreY / size) - 0.5;
        if (Math.Abs(x) > Clear && Math.Abs(x) > Math.Abs(y)) return ("left or the right half", x < 0 ? "left" : "right");
        return Math.Abs(y) > Clear ? ("upper or the lower half", y < 0 ? "upper" : "lower") : null;
    }
}
