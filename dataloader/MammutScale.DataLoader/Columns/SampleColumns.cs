using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Values;

namespace MammutScale.DataLoader.Columns;

/// <summary>The rows of a row group as samples. A fault in one row costs that row.</summary>
public sealed class SampleColumns
{
    private const string Success = "success";
    private readonly DataRoles _roles;
    private readonly LeafColumn? _key, _media, _caption, _question, _answers, _boxes, _labels, _status, _width, _height;

    private SampleColumns(DataRoles roles, RowGroupData data)
    {
        (_roles, Data) = (roles, data);
        (_key, _media, _caption, _question) = (Column(ColumnRole.Key), Column(ColumnRole.Media), Column(ColumnRole.Caption), Column(ColumnRole.Question));
        (_answers, _boxes, _labels) = (Column(ColumnRole.Answers), Column(ColumnRole.Boxes), Column(ColumnRole.Labels));
        (_status, _width, _height) = (Column(ColumnRole.Status), Column(ColumnRole.Width), Column(ColumnRole.Height));
    }

    /// <summary>Owns the memory of the media.</summary>
    public RowGroupData Data { get; }

    public int Rows => Data.Rows;

    /// <summary>The media are clips.</summary>
    public bool IsVideo => _roles.IsVideo;

    /// <param name="data">Read with <see cref="DataRoles.Leaves"/>.</param>
    public static SampleColumns Bind(DataRoles roles, RowGroupData data)
    {
        ArgumentNullException.ThrowIfNull(roles);
        ArgumentNullException.ThrowIfNull(data);
        return new SampleColumns(roles, data);
    }

    public SampleRow Read(int row)
    {
        var fault = (string?)null;
        var sample = new SampleRow
        {
            Row = row,
            State = RowState.Good,
            Key = Text(_key, row, "key", ref fault),
            Media = _media is not null && _media.TryGetBytes(row, out var media) ? media : default,
            Captions = Texts(_caption, row, "caption", ref fault, keepEmpty: false),
            Question = Text(_question, row, "question", ref fault),
            Answers = Texts(_answers, row, "answer", ref fault, keepEmpty: false),
            Boxes = Boxes(row, ref fault),
            Labels = Texts(_labels, row, "label", ref fault, keepEmpty: true),
            Width = Size(_width, row),
            Height = Size(_height, row),
        };

        var status = Text(_status, row, "status", ref fault);
        if (_status is not null && !Success.Equals(status, StringComparison.OrdinalIgnoreCase) && (status is not null || sample.Media.IsEmpty))
            return sample with { State = RowState.Failed, Reason = status ?? "no status" };
        if (_media is not null && _media.IsNull(row)) fault = "no media";
        else if (_media is not null && sample.Media.IsEmpty) fault = "media of zero bytes";
        else if (_boxes is not null && _labels is not null && sample.Boxes.Count != sample.Labels.Count) fault ??= $"{sample.Boxes.Count} boxes and {sample.Labels.Count} labels";
        return fault is null ? sample : sample with { State = RowState.Bad, Reason = fault };
    }

    private List<Box> Boxes(int row, ref string? fault)
    {
        const int Numbers = 4;
        if (_boxes?.NumberLists(row) is not { Count: > 0 } lists) return [];
        var boxes = new List<Box>(lists.Count);
        foreach (var list in lists)
        {
            // a list in a list is one box; a single flat list holds them one after the other
            if (list.Length % Numbers != 0 || (_boxes.Leaf.MaxRepetition == 2 && list.Length != Numbers))
            {
                fault ??= $"a box of {list.Length} numbers";
                return [];
            }

            for (var i = 0; i < list.Length; i += Numbers)
            {
                var (a, b, c, d) = ((float)list[i], (float)list[i + 1], (float)list[i + 2], (float)list[i + 3]);
                if (!float.IsFinite(a + b + c + d)) fault ??= "a box with a missing number";
                boxes.Add(_roles.BoxFormat == BoxFormat.Xywh ? new Box(a, b, a + c, b + d) : new Box(a, b, c, d));
            }
        }

        return boxes;
    }

    private static string? Text(LeafColumn? column, int row, string what, ref string? fault)
    {
        if (column is null) return null;
        if (!column.TryGetText(row, out var text)) fault ??= $"{what} is not UTF-8";
        return text;
    }

    private static IReadOnlyList<string> Texts(LeafColumn? column, int row, string what, ref string? fault, bool keepEmpty)
    {
        if (column is null) return [];
        if (column.Leaf.MaxRepetition == 0)
            return Text(column, row, what, ref fault) is { } text && (keepEmpty || !string.IsNullOrWhiteSpace(text)) ? [text] : [];
        if (!column.TryGetTexts(row, out var texts)) fault ??= $"{what} is not UTF-8";
        return texts is null ? [] : [.. texts.Where(t => keepEmpty || !string.IsNullOrWhiteSpace(t)).Select(t => t ?? "")];
    }

    private static int? Size(LeafColumn? column, int row) => column?.Integer(row) is { } value and > 0 and <= int.MaxValue ? (int)value : null;

    private LeafColumn? Column(ColumnRole role) => _roles[role] is { Leaf: { Kind: not LeafKind.Null } leaf } ? Data[leaf] : null;
}
