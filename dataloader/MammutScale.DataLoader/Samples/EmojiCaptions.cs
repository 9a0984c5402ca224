namespace MammutScale.DataLoader.Samples;

/// <summary>Several ways to say what a drawing shows: its name, a phrase with the name, and its tags.</summary>
internal static class EmojiCaptions
{
    internal static IReadOnlyList<string> Phrasings(EmojiArtwork art)
    {
        List<string> captions = [art.FullLabel, $"an emoji of {art.FullLabel}"];
        if (art.HasTone) captions.Add(art.Label);
        for (int draw = 0; draw < 2; draw++) captions.Add(string.Join(", ", [art.FullLabel, .. Draw(art, draw, 2)]));
        for (int draw = 2; draw < 4; draw++) captions.Add(string.Join(", ", Draw(art, draw, 3)));
        return [.. captions.Distinct()];
    }

    /// <summary>Some of the tags, in an order that depends on the drawing and the draw only.</summary>
    private static IEnumerable<string> Draw(EmojiArtwork art, int draw, int count)
    {
        var words = art.Tags.Where(t => !t.Equals(art.Label, StringComparison.OrdinalIgnoreCase)).DefaultIfEmpty(art.Label);
        return words.OrderBy(t => StableOrder.Of($"{art.Variant}/{draw}/{t}")).ThenBy(t => t, StringComparer.Ordinal).Take(count);
    }
}
