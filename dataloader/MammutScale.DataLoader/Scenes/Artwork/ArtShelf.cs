using System.Runtime.InteropServices;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Samples;
using MammutScale.Storage;
using OpenCvSharp;

namespace MammutScale.DataLoader.Scenes.Artwork;

/// <summary>The sample set's drawings of things with plain one-word names, divided into known and held-out classes.</summary>
internal static class ArtShelf
{
    private static readonly string[] Groups = ["Animals & Nature", "Food & Drink", "Activities", "Travel & Places", "Objects"];

    /// <summary>Names that are no countable things.</summary>
    private static readonly HashSet<string> Uncountable =
    [
        "bacon", "badminton", "baseball", "basketball", "bowling", "bread", "butter", "camping", "construction", "cooking", "cricket", "curling", "dna", "foggy", "garlic",
        "hockey", "ice", "lacrosse", "locked", "rice", "sake", "salt", "shrimp", "soap", "softball", "spaghetti", "squid", "sushi", "tennis", "unlocked", "volleyball", "wedding", "wood", "yarn",
    ];

    /// <param name="samples">The emoji samples, or their <c>train</c> folder.</param>
    /// <param name="classes">How many of them; 0 takes all.</param>
    /// <param name="heldOut">Share of classes to hold out.</param>
    /// <exception cref="DataFormatException">The folder has no drawings.</exception>
    internal static async Task<IReadOnlyList<ObjectArt>> ReadAsync(string samples, int classes, double heldOut, CancellationToken cancellation)
    {
        if (!Directory.Exists(samples)) throw new DataFormatException($"{samples}: the emoji samples are not there; make them with 'mammut data make-emoji'");
        string train = Path.Combine(samples, "train");
        var store = BlobStores.Open(Directory.Exists(train) ? train : samples);
        SortedDictionary<string, ObjectArt> found = new(StringComparer.Ordinal);
        await foreach (var blob in store.ListAsync("", cancellation).ConfigureAwait(false))
        {
            if (!blob.Key.EndsWith(".parquet", StringComparison.Ordinal)) continue;
            using var file = await ParquetFile.OpenAsync(store, blob.Key, cancellation).ConfigureAwait(false);
            var leaves = new[] { "caption", "label", "group", "webp" }.Select(name => file.Schema.Columns.FirstOrDefault(c => c.Name == name)?.Leaves.First()
                ?? throw new DataFormatException($"{file.Name}: no column '{name}'; scenes are made from the emoji samples")).ToArray();
            for (int g = 0; g < file.Metadata.RowGroups.Count; g++)
            {
                using var data = await file.ReadRowGroupAsync(g, leaves, cancellation).ConfigureAwait(false);
                for (int row = 0; row < data.Rows; row++)
                {
                    data[leaves[0]].TryGetText(row, out string? caption);
                    data[leaves[1]].TryGetText(row, out string? label);
                    data[leaves[2]].TryGetText(row, out string? group);
                    // With a skin tone the caption is longer than the label.
                    if (label is null || label != caption || !Groups.Contains(group) || !IsPlain(label) || !data[leaves[3]].TryGetBytes(row, out var picture)) continue;
                    found.TryAdd(label, Decode(label, picture.Span));
                }
            }
        }
        if (found.Count < 20) throw new DataFormatException($"{samples}: only {found.Count} drawings with one-word names; scenes are made from the emoji samples");
        if (classes > found.Count) throw new DataFormatException($"{samples}: {classes} classes are asked for, and there are {found.Count}");
        var kept = found.Keys.OrderBy(n => StableOrder.Of("kept/" + n)).Take(classes > 0 ? classes : found.Count).ToHashSet();
        var hidden = kept.OrderBy(n => StableOrder.Of("held-out/" + n)).Take((int)Math.Round(kept.Count * heldOut)).ToHashSet();
        return [.. found.Values.Where(a => kept.Contains(a.Name)).Select(a => a with { HeldOut = hidden.Contains(a.Name) })];
    }

    private static bool IsPlain(string label) => label.Length is > 2 and < 14 && label.All(c => c is >= 'a' and <= 'z') && !Uncountable.Contains(label) && !IsPlural(label);

    private static bool IsPlural(string label) => label.EndsWith('s') && label[^2] is not ('s' or 'u' or 'i');

    private static ObjectArt Decode(string name, ReadOnlySpan<byte> picture)
    {
        using var mat = Cv2.ImDecode(picture, ImreadModes.Unchanged);
        using var bgra = mat.Channels() == 4 ? mat.Clone() : mat.CvtColor(mat.Channels() == 1 ? ColorConversionCodes.GRAY2BGRA : ColorConversionCodes.BGR2BGRA);
        byte[] pixels = new byte[bgra.Rows * bgra.Cols * 4];
        Marshal.Copy(bgra.Data, pixels, 0, pixels.Length);
        return new(name, bgra.Rows, pixels);
    }
}
