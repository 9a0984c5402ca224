namespace MammutScale.DataLoader.Columns;

/// <summary>What a person said about columns; it goes before anything that is guessed.</summary>
/// <param name="Columns">Role to column; a dot reaches into a struct unless a column has that very name.</param>
/// <param name="BoxFormat">How boxes are meant.</param>
/// <param name="Video">True for clips, false for pictures, null to tell by the column's name.</param>
public sealed record ColumnMapping(IReadOnlyDictionary<ColumnRole, string> Columns, BoxFormat? BoxFormat = null, bool? Video = null)
{
    private const string BoxFormatKey = "box_format";
    private const string MediaKindKey = "media_kind";

    public static ColumnMapping None { get; } = new(new Dictionary<ColumnRole, string>());

    /// <param name="entries"><c>role=column</c>, <c>box_format=xywh|xyxy</c>, <c>media_kind=image|video</c>; a column name may hold further equals signs.</param>
    /// <exception cref="DataFormatException">An entry is none of these, or a role comes twice.</exception>
    public static ColumnMapping Parse(IEnumerable<string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var columns = new Dictionary<ColumnRole, string>();
        var (format, video) = ((BoxFormat?)null, (bool?)null);
        foreach (var entry in entries)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == entry.Length - 1) throw new DataFormatException($"'{entry}' is no column mapping: write role=column, e.g. media=jpg");
            var (name, value) = (entry[..equals].Trim(), entry[(equals + 1)..]);
            if (Same(name, BoxFormatKey)) format = Choose<BoxFormat>(value, BoxFormatKey);
            else if (Same(name, MediaKindKey)) video = Same(value, "video") || (Same(value, "image") ? false : throw Unknown(MediaKindKey, value, ["image", "video"]));
            else if (!columns.TryAdd(Choose<ColumnRole>(name, "role"), value)) throw new DataFormatException($"the role {name} is mapped twice: to '{columns[Choose<ColumnRole>(name, "role")]}' and to '{value}'");
        }

        return new ColumnMapping(columns, format, video);
    }

    private static T Choose<T>(string value, string what) where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Same(candidate.ToString(), value.Trim())) return candidate;
        }

        throw Unknown(what, value, Enum.GetNames<T>());
    }

    private static DataFormatException Unknown(string what, string value, string[] known)
        => new($"'{value}' is no {what} of a column mapping; known are {string.Join(", ", known.Select(k => k.ToLowerInvariant()))}");

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
