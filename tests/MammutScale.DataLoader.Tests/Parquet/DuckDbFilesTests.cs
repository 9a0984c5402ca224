using DuckDB.NET.Data;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>Files of DuckDB: its own codecs, page layout and nested spelling.</summary>
public sealed class DuckDbFilesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("uncompressed", "V1")]
    [InlineData("snappy", "V1")]
    [InlineData("gzip", "V1")]
    [InlineData("zstd", "V1")]
    [InlineData("lz4_raw", "V1")]
    [InlineData("brotli", "V1")]
    [InlineData("snappy", "V2")]
    [InlineData("zstd", "V2")]
    public void File_IsReadBack(string codec, string version)
    {
        Copy("f", """
            select i as key, case when i % 5 = 0 then null else repeat('grüße ', (i % 7)::int) || i end as caption,
                   case when i % 3 = 0 then null else i * 1.5 end as similarity, i::int as width, (i % 2 = 0) as flag,
                   encode(repeat('x', (i % 50)::int)) as jpg, (i / 100)::decimal(18, 2) as price, i::utinyint as small,
                   [i, null, i + 1] as list, case when i % 4 = 0 then null when i % 4 = 1 then [] else ['a', 'ä' || i] end as answers
            from range(5000) t(i)
            """.Replace("i::utinyint", "(i % 200)::utinyint"), $"compression {codec}, parquet_version {version}, row_group_size 2048");
        var rows = Enumerable.Range(0, 5000).ToArray();
        _folder.Integers("f", "key").ShouldBe(rows.Select(i => (long?)i));
        _folder.Texts("f", "caption").ShouldBe(rows.Select(i => i % 5 == 0 ? null : string.Concat(Enumerable.Repeat("grüße ", i % 7)) + i));
        _folder.Numbers("f", "similarity").ShouldBe(rows.Select(i => i % 3 == 0 ? null : (double?)(i * 1.5)));
        _folder.Integers("f", "width").ShouldBe(rows.Select(i => (long?)i));
        _folder.Integers("f", "flag").ShouldBe(rows.Select(i => (long?)(i % 2 == 0 ? 1 : 0)));
        _folder.Bytes("f", "jpg").Select(b => b!.Length).ShouldBe(rows.Select(i => i % 50));
        _folder.Numbers("f", "price").Select(n => Math.Round(n!.Value, 2)).ShouldBe(rows.Select(i => Math.Round(i / 100.0, 2)));
        _folder.Integers("f", "small").ShouldBe(rows.Select(i => (long?)(i % 200)));
        _folder.Lists("f", "list").ShouldBe(rows.Select(i => $"[{i},null,{i + 1}]"));
        _folder.Lists("f", "answers").ShouldBe(rows.Select(i => (i % 4) switch { 0 => "null", 1 => "[]", _ => $"[a,ä{i}]" }));
    }

    [Fact]
    public void Structs_ListsOfStructs_AndListsOfLists_AreReadBack()
    {
        Copy("n", """
            select * from (values
              ({'bytes': 'abc'::blob, 'path': 'a.jpg'}, [{'answer': 'yes', 'answer_id': 1}, {'answer': null, 'answer_id': 2}], {'bbox': [[1.0, 2, 3, 4], [5, 6, 7, 8]], 'category': ['dog', 'cat']}),
              ({'bytes': null, 'path': 'b.jpg'}, [], {'bbox': [], 'category': []}),
              (null, null, null)) t(image, answers, objects)
            """, "compression snappy");
        _folder.Bytes("n", "image.bytes").Select(b => b is null ? null : System.Text.Encoding.UTF8.GetString(b)).ShouldBe(["abc", null, null]);
        _folder.Texts("n", "image.path").ShouldBe(["a.jpg", "b.jpg", null]);
        _folder.Lists("n", "answers.answer").ShouldBe(["[yes,null]", "[]", "null"]);
        _folder.Lists("n", "answers.answer_id").ShouldBe(["[1,2]", "[]", "null"]);
        _folder.Read("n", "objects.bbox", (c, row) => c.NumberLists(row) is { } l ? string.Join(';', l.Select(b => string.Join(',', b))) : "null").ShouldBe(["1,2,3,4;5,6,7,8", "", "null"]);
        _folder.Lists("n", "objects.category").ShouldBe(["[dog,cat]", "[]", "null"]);
    }

    private void Copy(string name, string sql, string options)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"copy ({sql}) to '{_folder[name]}' (format parquet, {options})";
        command.ExecuteNonQuery();
    }
}
