using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Inspection.Facts;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Inspection.Previews;

/// <summary>Looks into row groups that are spread evenly over a data set: captions of all their rows, and a few rows to show.</summary>
internal sealed class RowSampler(DataSetFacts facts, int samples, int captionRows)
{
    private const int TextShown = 2000;

    private readonly ThumbnailMaker _thumbnails = new();

    public CaptionHistogram Captions { get; } = new();

    public List<SamplePreview> Samples { get; } = [];

    public async Task RunAsync(CancellationToken cancellation)
    {
        var groups = facts.Files.SelectMany((file, number) => file.GroupRows.Select((rows, group) => (File: number, Group: group, Rows: rows))).Where(group => group.Rows > 0).ToArray();
        var shown = Spread(groups.Length, samples).ToHashSet();
        // as many row groups as give about the rows that are wanted
        var average = Math.Max(1, groups.Sum(group => group.Rows) / Math.Max(1, groups.Length));
        var measured = Spread(groups.Length, (int)Math.Clamp(captionRows / average, 1, groups.Length)).ToHashSet();
        ParquetFile? file = null;
        var open = -1;
        try
        {
            for (var number = 0; number < groups.Length; number++)
            {
                if (!shown.Contains(number) && !measured.Contains(number))
                    continue;
                var (fileNumber, group, rows) = groups[number];
                if (open != fileNumber)
                {
                    file?.Dispose();
                    var source = facts.Files[fileNumber].Source;
                    (file, open) = (await ParquetFile.OpenAsync(source.Store, source.Blob.Key, cancellation), fileNumber);
                }

                await LookAsync(file!, fileNumber, group, shown.Contains(number) ? Math.Max(1, samples / shown.Count) : 0, measured.Contains(number), cancellation);
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    private async Task LookAsync(ParquetFile file, int fileNumber, int group, int show, bool measure, CancellationToken cancellation)
    {
        var roles = facts.Roles.In(file);
        var leaves = show > 0 ? roles.Leaves : Texts(roles);
        if (leaves.Count == 0)
            return;
        var before = facts.Files[fileNumber].GroupRows.Take(group).Sum();
        if (measure && Texts(roles) is { Count: > 0 } texts)
            await MeasureAsync(file, roles, texts, group, cancellation);
        if (show == 0)
            return;
        using var data = await file.ReadRowGroupAsync(group, leaves, cancellation);
        var columns = SampleColumns.Bind(roles, data);
        foreach (var row in Spread(data.Rows, show))
            Samples.Add(Preview(columns.Read(row), facts.Files[fileNumber].Source.Address, before + row, roles));
    }

    private async Task MeasureAsync(ParquetFile file, DataRoles roles, IReadOnlyList<SchemaLeaf> texts, int group, CancellationToken cancellation)
    {
        using var data = await file.ReadRowGroupAsync(group, texts, cancellation);
        for (var row = 0; row < data.Rows; row++)
            Captions.Add(FirstText.Of(roles, data, row));
    }

    private SamplePreview Preview(SampleRow row, string file, long number, DataRoles roles)
    {
        var preview = new SamplePreview { File = file, Row = number, Key = row.Key, Media = "", MediaBytes = row.Media.Length, Text = Shorten(TextOf(row)), Fault = row.Reason };
        if (row.State != RowState.Good || row.Media.IsEmpty)
            return preview with { Media = "none" };
        if (roles.IsVideo)
            return preview with { Media = "clip" };
        var (jpeg, result) = _thumbnails.Make(row.Media.Span);
        return preview with
        {
            Media = result.Width == 0 ? "unknown" : $"{result.Format.ToString().ToLowerInvariant()} {result.Width} x {result.Height}",
            Fault = result.Ok ? null : result.Reason,
            Thumbnail = jpeg,
            Boxes = result.Ok ? [.. row.Boxes.Select((box, i) => (Place(box, result.Width, result.Height), i < row.Labels.Count ? row.Labels[i] : ""))] : [],
        };
    }

    /// <summary>Where a box stands on the square thumbnail, in shares of its side.</summary>
    private static Box Place(Box box, int width, int height)
    {
        var view = new WholePicture().For(width, height, 1000, 0);
        var (left, top) = view.Map(box.Left, box.Top);
        var (right, bottom) = view.Map(box.Right, box.Bottom);
        return new Box((float)left / 1000, (float)top / 1000, (float)right / 1000, (float)bottom / 1000);
    }

    private static string TextOf(SampleRow row)
    {
        var captions = string.Join(" | ", row.Captions);
        return row.Question is null ? captions : $"{(captions.Length == 0 ? "" : captions + " | ")}{row.Question} {string.Join(" / ", row.Answers)}";
    }

    private static string Shorten(string text) => text.Length <= TextShown ? text : text[..TextShown] + "…";

    private static IReadOnlyList<SchemaLeaf> Texts(DataRoles roles) =>
        (roles[ColumnRole.Caption] ?? roles[ColumnRole.Question])?.Leaf is { Kind: not LeafKind.Null } leaf ? [leaf] : [];

    private static IEnumerable<int> Spread(int count, int wanted)
    {
        var take = Math.Min(count, wanted);
        for (var i = 0; i < take; i++)
            yield return (int)(((2L * i) + 1) * count / (2L * take));
    }
}
