using DuckDB.NET.Data;
using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Tests.Parquet;

namespace MammutScale.DataLoader.Tests.Columns;

/// <summary>Roles of the layouts that people have, without configuration and with it.</summary>
public sealed class ColumnRolesTests : IDisposable
{
    private const string Jpg = "'\\xFF\\xD8\\x01'::blob";
    private readonly TestFolder _folder = new();
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public ColumnRolesTests() => _connection.Open();

    public void Dispose()
    {
        _connection.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("jpg", "caption")]
    [InlineData("png", "caption")]
    [InlineData("webp", "TEXT")]
    [InlineData("IMAGE", "TEXT")]
    [InlineData("image", "text")]
    [InlineData("img", "alt_text")]
    [InlineData("image_bytes", "description")]
    public void PlainNames_AreFound_WhateverTheCase(string media, string caption)
    {
        using var file = Write($"select {Jpg} as {media}, 'a cat' as {caption}, '000010000' as key, 'http://x' as url");
        var roles = DataRoles.Find(file);
        roles.Kind.ShouldBe(DataKind.ImageText);
        roles[ColumnRole.Media]!.Column.ShouldBe(media);
        roles[ColumnRole.Caption]!.Column.ShouldBe(caption);
        roles[ColumnRole.Key]!.Column.ShouldBe("key");
        roles[ColumnRole.Media]!.Reason.ShouldContain(media);
        roles.EnsureUsable();
        Rows(roles, file).Single().Captions.ShouldBe(["a cat"]);
    }

    [Fact]
    public void Img2Dataset_FailedRows_AreCountedApart()
    {
        using var file = Write($"""
            select * from (values
              ('00000', {Jpg}, 'a', 'success', 640, null::varchar),
              ('00001', null::blob, 'b', 'failed_to_download', null, 'timeout'),
              ('00002', null::blob, 'c', 'failed_to_resize', null, 'broken'),
              ('00003', null::blob, 'd', 'success', 5, null),
              ('00004', ''::blob, 'e', 'success', 5, null)) t(key, jpg, caption, status, width, error_message)
            """);
        var rows = Rows(DataRoles.Find(file), file);
        rows.Select(r => r.State).ShouldBe([RowState.Good, RowState.Failed, RowState.Failed, RowState.Bad, RowState.Bad]);
        rows[1].Reason.ShouldBe("failed_to_download");
        rows[3].Reason.ShouldBe("no media");
        rows[4].Reason.ShouldBe("media of zero bytes");
        rows[0].Width.ShouldBe(640);
        rows[0].Key.ShouldBe("00000");
    }

    [Fact]
    public void HuggingFace_StructsAndSeveralCaptions_AreFound()
    {
        using var file = Write($$"""
            select * from (values
              ({'bytes': {{Jpg}}, 'path': 'a.jpg'}, ['one', '', null, 'two']),
              ({'bytes': null, 'path': 'b.jpg'}, []),
              (null, null)) t(image, caption)
            """);
        var roles = DataRoles.Find(file);
        roles.Kind.ShouldBe(DataKind.ImageText);
        roles[ColumnRole.Media]!.Leaf.Path.ShouldBe("image.bytes");
        var rows = Rows(roles, file);
        rows[0].Captions.ShouldBe(["one", "two"]);
        rows[0].Media.Length.ShouldBe(3);
        rows.Skip(1).Select(r => r.Reason).ShouldBe(["no media", "no media"]);
    }

    [Theory]
    [InlineData("mp4")]
    [InlineData("webm")]
    [InlineData("video")]
    public void Video_IsFound_ByItsColumn(string media)
    {
        using var file = Write($"select {Jpg} as {media}, 'a dog runs' as caption, '00000_000' as key");
        var roles = DataRoles.Find(file);
        roles.Kind.ShouldBe(DataKind.VideoText);
        roles.IsVideo.ShouldBeTrue();
        roles.Kind.Name().ShouldBe("video-text");
    }

    [Theory]
    [InlineData("['two', '2']")]
    [InlineData("[{'answer': 'two', 'answer_confidence': 'yes', 'answer_id': 1}, {'answer': '2', 'answer_confidence': 'no', 'answer_id': 2}]")]
    public void Questions_AreFound_WithAnswersOfEitherShape(string answers)
    {
        using var file = Write($$"""select {'bytes': {{Jpg}}, 'path': ''} as image, 'how many?' as question, {{answers}} as answers, 7 as question_id""");
        var roles = DataRoles.Find(file);
        roles.Kind.ShouldBe(DataKind.VisualQuestions);
        var row = Rows(roles, file).Single();
        (row.Question, string.Join('|', row.Answers)).ShouldBe(("how many?", "two|2"));
    }

    [Theory]
    [InlineData("[[1, 2, 3, 4], [5, 6, 7, 8]]::float[][] as boxes, ['dog', 'cat'] as labels")]
    [InlineData("{'bbox': [[1.0, 2, 3, 4], [5, 6, 7, 8]], 'category': ['dog', 'cat']} as objects")]
    [InlineData("[{'bbox': [1.0, 2, 3, 4], 'category': 'dog'}, {'bbox': [5, 6, 7, 8], 'category': 'cat'}] as objects")]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8] as bbox, ['dog', 'cat'] as category")]
    public void Detection_IsFound_AndBoxesBecomeCorners(string columns)
    {
        using var file = Write($"select {Jpg} as image, {columns}");
        DataRoles.Find(file).Kind.ShouldBe(DataKind.Detection);
        Should.Throw<DataFormatException>(() => DataRoles.Find(file).EnsureUsable()).Message.ShouldContain("box_format=xywh");
        var roles = DataRoles.Find(file, ColumnMapping.Parse(["box_format=xywh"]));
        roles.EnsureUsable();
        var row = Rows(roles, file).Single();
        row.Boxes.ShouldBe([new Box(1, 2, 4, 6), new Box(5, 6, 12, 14)]);
        row.Labels.ShouldBe(["dog", "cat"]);
        Rows(DataRoles.Find(file, ColumnMapping.Parse(["box_format=xyxy"])), file).Single().Boxes[0].ShouldBe(new Box(1, 2, 3, 4));
    }

    [Fact]
    public void Detection_RowIsBad_WhenBoxesAndLabelsDiffer()
    {
        using var file = Write($"select * from (values ({Jpg}, [[1, 2, 3, 4]], ['a', 'b']), ({Jpg}, [[1, 2, 3]], ['a']), ({Jpg}, [], [])) t(image, boxes, labels)");
        var rows = Rows(DataRoles.Find(file), file);
        rows.Select(r => r.Reason).ShouldBe(["1 boxes and 2 labels", "a box of 3 numbers", null]);
    }

    [Fact]
    public void Metadata_SaysWhatToRunFirst()
    {
        using var file = Write("select 'http://x/y.jpg' as URL, 'a cat' as TEXT, 0.3 as similarity");
        var roles = DataRoles.Find(file);
        roles.Kind.ShouldBe(DataKind.MetadataOnly);
        var message = Should.Throw<DataFormatException>(roles.EnsureUsable).Message;
        message.ShouldContain("img2dataset");
        message.ShouldContain("--url_col URL --caption_col TEXT");
    }

    [Fact]
    public void Mapping_ReachesOddNames()
    {
        using var file = Write($$"""select {{Jpg}} as payload, {'en': 'inner', 'deep': {'x': 'deeper'} } as target, 'dotted' as "target.en", 'spaced' as "alt text" """);
        Caption("target.en").ShouldBe("dotted"); // a column of that very name goes first
        Caption("target.deep.x").ShouldBe("deeper");
        Caption("alt text").ShouldBe("spaced");
        Should.Throw<DataFormatException>(() => Caption("payloads")).Message.ShouldContain("Did you mean");
        Should.Throw<DataFormatException>(() => Caption("target")).Message.ShouldContain("a struct of 'en', 'deep'");

        string Caption(string column)
        {
            var roles = DataRoles.Find(file, ColumnMapping.Parse(["media=payload", $"caption={column}"]));
            roles[ColumnRole.Media]!.Reason.ShouldBe("said so");
            return Rows(roles, file).Single().Captions.Single();
        }
    }

    [Theory]
    [InlineData("media", "role=column")]
    [InlineData("=x", "role=column")]
    [InlineData("picture=jpg", "'picture' is no role")]
    [InlineData("box_format=cxcywh", "xywh, xyxy")]
    public void Mapping_IsRefused_WhenItMakesNoSense(string entry, string said)
        => Should.Throw<DataFormatException>(() => ColumnMapping.Parse([entry])).Message.ShouldContain(said);

    [Fact]
    public void Drift_BetweenFiles_ReadsTheSame()
    {
        using var first = Write($"select '7' as key, {Jpg} as jpg, 'a' as caption, 640::int as width, null::varchar as error_message, 'success' as status");
        string[] others =
        [
            $"select 640::bigint as width, 'a' as caption, {Jpg} as jpg, '7' as key",
            $"select 7 as key, 640.0::double as width, 'a'::blob as caption, {Jpg} as jpg, 'success' as status",
            $"select {Jpg} as jpg, ['a'] as caption, '640' as width_text, 640::float as width, 7 as key",
        ];
        var roles = DataRoles.Find(first);
        foreach (var sql in others)
        {
            using var other = Write(sql);
            var row = Rows(roles.In(other), other).Single();
            (row.State, row.Key, row.Captions.Single(), row.Width).ShouldBe((RowState.Good, "7", "a", 640));
        }

        using var without = Write("select 'a' as caption");
        Should.Throw<DataFormatException>(() => roles.In(without)).Message.ShouldContain("'jpg'");
    }

    [Fact]
    public void InvalidText_CostsOneRow()
    {
        using var file = Write($"select {Jpg} as jpg, case i when 1 then '\\xC3\\x28'::blob else 'ok'::blob end as caption from range(3) t(i)");
        var rows = Rows(DataRoles.Find(file), file);
        rows.Select(r => r.State).ShouldBe([RowState.Good, RowState.Bad, RowState.Good]);
        rows[1].Reason.ShouldBe("caption is not UTF-8");
    }

    private static List<SampleRow> Rows(DataRoles roles, ParquetFile file)
    {
        using var data = file.ReadRowGroupAsync(0, roles.Leaves).AsTask().GetAwaiter().GetResult();
        var samples = SampleColumns.Bind(roles, data);
        return [.. Enumerable.Range(0, samples.Rows).Select(samples.Read)];
    }

    private ParquetFile Write(string sql)
    {
        var name = $"{Guid.NewGuid():n}.parquet";
        using var command = _connection.CreateCommand();
        command.CommandText = $"copy ({sql}) to '{_folder[name]}' (format parquet)";
        command.ExecuteNonQuery();
        return _folder.Open(name);
    }
}
