using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Columns;

/// <summary>What the columns of a file are for, and what kind of data set that makes.</summary>
public sealed class DataRoles
{
    /// <summary>File metadata under this key says how boxes are meant (<c>xywh</c> or <c>xyxy</c>), so nobody has to.</summary>
    public const string BoxFormatKey = "mammut.box_format";

    private readonly string _file;
    private readonly string? _address;

    private DataRoles(string file, FileMetadata metadata, ColumnMapping mapping)
    {
        _file = file;
        Assignments = new RoleFinder(metadata, mapping, file).Find();
        _address = metadata.Schema.Columns.FirstOrDefault(c => PlainNames.Matches(PlainNames.Address, c.Name))?.Name;
        IsVideo = this[ColumnRole.Media] is { } media
            ? mapping.Video ?? (PlainNames.Matches(PlainNames.Video, media.Column) || HuggingFaceFeatures.ColumnsOf(metadata.KeyValues, "Video").Contains(media.Column))
            : _address?.Contains("video", StringComparison.OrdinalIgnoreCase) ?? false;
        BoxFormat = mapping.BoxFormat ?? (metadata.KeyValues.TryGetValue(BoxFormatKey, out var said) && Enum.TryParse<BoxFormat>(said, ignoreCase: true, out var format) ? format : null);
        Kind = KindOf();
    }

    public IReadOnlyList<RoleAssignment> Assignments { get; }

    public DataKind Kind { get; }

    /// <summary>The media are clips, by the column's name or by what was said.</summary>
    public bool IsVideo { get; }

    /// <summary>Null when nobody said.</summary>
    public BoxFormat? BoxFormat { get; }

    /// <summary>The leaves to read for samples.</summary>
    public IReadOnlyList<SchemaLeaf> Leaves => [.. Assignments.Select(a => a.Leaf).Where(l => l.Kind != LeafKind.Null).DistinctBy(l => l.Ordinal)];

    /// <summary>Null when no column has the role.</summary>
    public RoleAssignment? this[ColumnRole role] => Assignments.FirstOrDefault(a => a.Role == role);

    /// <exception cref="DataFormatException">A mapping names a column that is not there or has the wrong type.</exception>
    public static DataRoles Find(ParquetFile file, ColumnMapping? mapping = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new DataRoles(file.Name, file.Metadata, mapping ?? ColumnMapping.None);
    }

    /// <summary>
    /// The same columns in another file of the data set, whose types, order and number of columns may differ: media and texts must
    /// be there, the rest may be missing.
    /// </summary>
    /// <exception cref="DataFormatException">A column that the data set needs is missing.</exception>
    public DataRoles In(ParquetFile other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var columns = new Dictionary<ColumnRole, string>();
        foreach (var assignment in Assignments)
        {
            if (other.Schema.Find(assignment.Column) is { } node && NodeFit.Find(assignment.Role, node) is not null) columns[assignment.Role] = assignment.Column;
            else if (Needed(assignment.Role))
                throw new DataFormatException($"{other.Name}: it has no column '{assignment.Column}' that can be {assignment.Role.ToString().ToLowerInvariant()}, as {_file} of the same data set has");
        }

        return new DataRoles(other.Name, other.Metadata, new ColumnMapping(columns, BoxFormat, IsVideo));
    }

    /// <summary>Refuses what cannot be trained on, saying what to do first.</summary>
    /// <exception cref="DataFormatException">No media, or boxes of unknown meaning.</exception>
    public void EnsureUsable()
    {
        if (Kind == DataKind.MetadataOnly)
        {
            throw new DataFormatException(_address is null
                ? $"{_file}: no column holds pictures or clips. Say which: --map media=COLUMN"
                : $"{_file}: it holds addresses ('{_address}') and no pictures or clips. Download them first: {Downloader()}");
        }

        if (this[ColumnRole.Boxes] is { } boxes && BoxFormat is null)
            throw new DataFormatException($"{_file}: '{boxes.Column}' holds boxes and does not say how they are meant. Say it: --map box_format=xywh or --map box_format=xyxy");
    }

    private string Downloader()
    {
        var caption = this[ColumnRole.Caption]?.Column;
        return IsVideo
            ? $"video2dataset --url_list PATH --input_format parquet --url_col {_address}{(caption is null ? "" : $" --caption_col {caption}")} --output_format parquet --output_folder OUT"
            : $"img2dataset --url_list PATH --input_format parquet --url_col {_address}{(caption is null ? "" : $" --caption_col {caption}")} --output_format parquet --output_folder OUT";
    }

    private DataKind KindOf()
    {
        if (this[ColumnRole.Media] is null) return DataKind.MetadataOnly;
        if (this[ColumnRole.Caption] is not null) return IsVideo ? DataKind.VideoText : DataKind.ImageText;
        if (this[ColumnRole.Question] is not null) return DataKind.VisualQuestions;
        return this[ColumnRole.Boxes] is not null ? DataKind.Detection : DataKind.MediaOnly;
    }

    private static bool Needed(ColumnRole role) => role is ColumnRole.Media or ColumnRole.Caption or ColumnRole.Question or ColumnRole.Answers or ColumnRole.Boxes or ColumnRole.Labels;
}
