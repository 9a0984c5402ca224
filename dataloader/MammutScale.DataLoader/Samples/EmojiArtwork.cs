namespace MammutScale.DataLoader.Samples;

/// <summary>One drawing of a concept: what it shows in words, and the picture file of the artist.</summary>
/// <param name="Concept">Code points of the concept without skin tone, as <c>1F44B</c>.</param>
/// <param name="Variant">Code points of this drawing, with its skin tone if it has one.</param>
/// <param name="Emoji">The characters themselves.</param>
/// <param name="Group">Theme, as <c>Animals &amp; Nature</c>.</param>
/// <param name="Label">Name of the concept, without skin tone.</param>
/// <param name="FullLabel">Name of this drawing, with its skin tone.</param>
/// <param name="Tags">Other words for it.</param>
/// <param name="PicturePath">The PNG.</param>
/// <param name="PictureUrl">Where the PNG comes from: package, version, path.</param>
internal sealed record EmojiArtwork(
    string Concept, string Variant, string Emoji, string Group, string Label, string FullLabel, IReadOnlyList<string> Tags, string PicturePath, string PictureUrl)
{
    internal bool HasTone => Concept != Variant;
}
