using System.Text.Json;
using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Inspection;
using MammutScale.DataLoader.Inspection.Previews;
using MammutScale.DataLoader.Subsets;
using MammutScale.DataLoader.Tests.Indexing;

namespace MammutScale.DataLoader.Tests.Inspection;

public sealed class DataInspectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mammut-inspect-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TheDocument_SaysWhatIsThere()
    {
        PictureRows.Write(At("a.parquet"), PictureRows.Some(), 3);
        PictureRows.Write(At("b.parquet"), PictureRows.Some(), 3, ParquetSharp.Compression.Zstd);
        var found = await DataInspector.InspectAsync([_folder], new InspectOptions());
        using var document = JsonDocument.Parse(found.ToJson());
        var root = document.RootElement;
        root.EnumerateObject().Select(property => property.Name).ShouldBe(["files", "row_groups", "rows", "bytes", "kind", "columns", "codecs"], ignoreOrder: true);
        (root.GetProperty("files").GetInt32(), root.GetProperty("row_groups").GetInt32(), root.GetProperty("rows").GetInt32()).ShouldBe((2, 6, 16));
        root.GetProperty("bytes").GetInt64().ShouldBe(Directory.GetFiles(_folder).Sum(file => new FileInfo(file).Length));
        root.GetProperty("kind").GetString().ShouldBe("image-text");
        root.GetProperty("columns").EnumerateObject().Select(column => $"{column.Name}={column.Value.GetString()}").ShouldBe(["key=key", "media=jpg", "caption=caption"], ignoreOrder: true);
        root.GetProperty("codecs").EnumerateArray().Select(codec => codec.GetString()).ShouldBe(["snappy", "zstd"]);
        found.Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Captions_AreMeasured_AsPeopleCountCharacters()
    {
        PictureRows.Write(At("a.parquet"), PictureRows.Some(), 3);
        var captions = (await DataInspector.InspectAsync([_folder], new InspectOptions())).Captions;
        (captions.Rows, captions.Empty, captions.Longest).ShouldBe((8L, 2L, 15));
        var histogram = new CaptionHistogram();
        histogram.Add("👩‍👩‍👧");
        histogram.Bins.ShouldBe([(1, 1, 1L)]);
    }

    [Fact]
    public async Task TheContactSheet_ShowsPicturesAndFaults_AndEscapesText()
    {
        PictureRows.Write(At("a.parquet"), [.. PictureRows.Some(), new PictureRows.Row(PictureRows.Picture(9), "<script>alert(1)</script>")], 2);
        var found = await DataInspector.InspectAsync([_folder], new InspectOptions { Samples = 40 });
        found.Samples.Count.ShouldBe(9);
        var html = ContactSheet.Render(found, "a & b");
        html.ShouldContain("data:image/jpeg;base64,");
        html.ShouldContain("a &amp; b");
        html.ShouldNotContain("<script");
        html.ShouldContain("truncated");
        html.ShouldNotContain("http:");
        html.ShouldNotContain("https:");
        found.Samples.Count(sample => sample.Thumbnail is not null).ShouldBe(6);
    }

    [Fact]
    public async Task Conditions_AreCounted()
    {
        var rows = ShardWriter.Rows(1, 90);
        ShardWriter.Write(At("0.parquet"), rows, 20);
        var found = await DataInspector.InspectAsync([_folder], new InspectOptions { Subset = new SubsetOptions { Where = "similarity > 0.28 and width >= 200" } });
        found.Subset!.Conditions.Select(condition => condition.Rows).ShouldBe([rows.Count(row => row.Similarity > 0.28), rows.Count(row => row.Pixels >= 200)]);
        found.SelectedRows.ShouldBe(rows.Count(row => !row.Failed && row.Similarity > 0.28 && row.Pixels >= 200));
        JsonDocument.Parse(found.ToJson()).RootElement.GetProperty("selected").GetInt64().ShouldBe(found.SelectedRows!.Value);
    }

    [Fact]
    public async Task DriftOfTypes_IsTold()
    {
        ShardWriter.Write(At("0.parquet"), ShardWriter.Rows(1, 9), 5);
        ShardWriter.Write(At("1.parquet"), ShardWriter.Rows(2, 9), 5, ShardWriter.Width.Double);
        ShardWriter.Write(At("2.parquet"), ShardWriter.Rows(3, 9), 5, ShardWriter.Width.Missing);
        var width = (await DataInspector.InspectAsync([_folder], new InspectOptions())).Columns.Single(column => column.Name == "width");
        (width.Types.Count, width.Missing).ShouldBe((2, 1));
    }

    [Fact]
    public async Task AddressesWithoutPictures_SayWhatToRunFirst()
    {
        using (var writer = new ParquetSharp.ParquetFileWriter(At("meta.parquet"), [new ParquetSharp.Column<string>("url"), new ParquetSharp.Column<string>("caption")]))
        {
            using var group = writer.AppendRowGroup();
            for (var i = 0; i < 2; i++)
            {
                using var column = group.NextColumn().LogicalWriter<string>();
                column.WriteBatch(["x"]);
            }
        }

        var found = await DataInspector.InspectAsync([_folder], new InspectOptions());
        found.Kind.ShouldBe(DataKind.MetadataOnly);
        found.Notes.ShouldHaveSingleItem().ShouldContain("img2dataset");
    }

    private string At(string name) => Path.Combine(_folder, name);
}
