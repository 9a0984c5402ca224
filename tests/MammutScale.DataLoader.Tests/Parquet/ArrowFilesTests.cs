using ParquetSharp;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>Files of Arrow C++ (through ParquetSharp) in every codec, encoding and page version that it writes.</summary>
public sealed class ArrowFilesTests : IDisposable
{
    private const int Rows = 700;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<Compression> Codecs => [Compression.Uncompressed, Compression.Snappy, Compression.Gzip, Compression.Zstd, Compression.Lz4, Compression.Lz4Hadoop, Compression.Brotli];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Column_IsReadBack_InEveryCodecAndPageVersion(Compression codec)
    {
        var (texts, blobs) = (TestValues.Texts(Rows, 1), TestValues.Blobs(Rows, 2));
        foreach (var version in Enum.GetValues<ParquetDataPageVersion>())
        {
            foreach (var dictionary in (bool[])[true, false])
            {
                var name = $"{codec}-{version}-{dictionary}.parquet";
                var properties = new WriterPropertiesBuilder().Compression(codec).DataPageVersion(version).DataPagesize(4096).WriteBatchSize(16).EnablePageChecksum();
                properties = dictionary ? properties.EnableDictionary() : properties.DisableDictionary();
                Write(name, properties, texts, blobs);
                _folder.Texts(name, "text").ShouldBe(texts);
                ShouldBeSame(_folder.Bytes(name, "jpg"), blobs);
            }
        }
    }

    [Theory]
    [InlineData(Encoding.Plain)]
    [InlineData(Encoding.DeltaLengthByteArray)]
    [InlineData(Encoding.DeltaByteArray)]
    public void Text_IsReadBack_InEveryEncoding(Encoding encoding)
    {
        var texts = TestValues.Texts(Rows, 3);
        Array.Sort(texts, StringComparer.Ordinal); // long shared prefixes, cut inside characters
        foreach (var version in Enum.GetValues<ParquetDataPageVersion>())
        {
            var name = $"{encoding}-{version}.parquet";
            Write(name, Encoded(encoding, version), texts, TestValues.Blobs(Rows, 4));
            _folder.Texts(name, "text").ShouldBe(texts);
        }
    }

    [Theory]
    [InlineData(Encoding.Plain)]
    [InlineData(Encoding.DeltaBinaryPacked)]
    [InlineData(Encoding.ByteStreamSplit)]
    [InlineData(null)]
    public void Integers_AreReadBack_InEveryEncodingAndWidth(Encoding? encoding)
    {
        foreach (var version in Enum.GetValues<ParquetDataPageVersion>())
        {
            var properties = encoding is { } e ? Encoded(e, version) : new WriterPropertiesBuilder().DataPageVersion(version).EnableDictionary();
            var longs = TestValues.Integers(Rows, 5, long.MinValue, long.MaxValue - 1);
            WriteOne($"l-{version}", properties, longs);
            _folder.Integers($"l-{version}", "c").ShouldBe(longs);
            var ints = TestValues.Integers(Rows, 6, int.MinValue, int.MaxValue);
            WriteOne($"i-{version}", properties, ints.Select(i => (int?)i).ToArray());
            _folder.Integers($"i-{version}", "c").ShouldBe(ints);
            var unsigned = TestValues.Integers(Rows, 7, 0, uint.MaxValue);
            WriteOne($"u-{version}", properties, unsigned.Select(i => (uint?)i).ToArray());
            _folder.Integers($"u-{version}", "c").ShouldBe(unsigned);
        }
    }

    [Theory]
    [InlineData(Encoding.Plain)]
    [InlineData(Encoding.ByteStreamSplit)]
    [InlineData(null)]
    public void Fractions_AreReadBack_InEveryEncodingAndWidth(Encoding? encoding)
    {
        foreach (var version in Enum.GetValues<ParquetDataPageVersion>())
        {
            var properties = encoding is { } e ? Encoded(e, version) : new WriterPropertiesBuilder().DataPageVersion(version).EnableDictionary();
            var doubles = TestValues.Doubles(Rows, 8);
            WriteOne($"d-{version}", properties, doubles);
            _folder.Numbers($"d-{version}", "c").ShouldBe(doubles);
            var floats = doubles.Select(d => d is { } v && Math.Abs(v) < 1e30 ? (float?)v : null).ToArray();
            WriteOne($"f-{version}", properties, floats);
            _folder.Numbers($"f-{version}", "c").ShouldBe(floats.Select(f => (double?)f));
        }
    }

    [Theory]
    [InlineData(Encoding.Plain)]
    [InlineData(Encoding.Rle)]
    public void Booleans_AreReadBack(Encoding encoding)
    {
        bool?[] values = [.. Enumerable.Range(0, Rows).Select(i => i % 7 == 0 ? (bool?)null : i / 50 % 2 == 0)];
        foreach (var version in Enum.GetValues<ParquetDataPageVersion>())
        {
            WriteOne($"b-{version}", Encoded(encoding, version), values);
            _folder.Texts($"b-{version}", "c").ShouldBe(values.Select(v => v is { } b ? b ? "true" : "false" : null));
        }
    }

    [Fact]
    public void Decimals_HalfFloatsAndTimes_AreNumbers()
    {
        decimal?[] decimals = [1.5m, null, -0.001m, 79_228_162_514.264m];
        WriteOne("dec", new WriterPropertiesBuilder(), decimals, new Column<decimal?>("c", LogicalType.Decimal(29, 3)));
        _folder.Numbers("dec", "c").Select(n => n is { } v ? (decimal?)Math.Round((decimal)v, 3) : null).ShouldBe(decimals);
        Half?[] halves = [(Half)1.5, null, (Half)(-65504)];
        WriteOne("half", new WriterPropertiesBuilder(), halves);
        _folder.Numbers("half", "c").ShouldBe([1.5, null, -65504.0]);
        WriteOne("time", new WriterPropertiesBuilder(), new DateTime?[] { DateTime.UnixEpoch.AddMilliseconds(5), null });
        _folder.Integers("time", "c").Count(v => v is not null).ShouldBe(1);
    }

    [Fact]
    public void Lists_TellNullFromEmpty()
    {
        string?[]?[] lists = [["a", null, "ü"], [], null, ["b"], [null], ["", "c"]];
        string[] spelled = ["[a,null,ü]", "[]", "null", "[b]", "[null]", "[,c]"];
        foreach (var version in Enum.GetValues<ParquetDataPageVersion>())
        {
            WriteOne($"list-{version}", new WriterPropertiesBuilder().DataPageVersion(version), lists);
            _folder.Lists($"list-{version}", "c").ShouldBe(spelled);
        }
    }

    [Fact]
    public void ListsOfLists_KeepTheirShape()
    {
        double[]?[]?[] boxes = [[[1, 2, 3, 4], [5, 6, 7, 8]], [], null, [[], [9]], [null, [10, 11]]];
        foreach (var version in Enum.GetValues<ParquetDataPageVersion>())
        {
            WriteOne($"boxes-{version}", new WriterPropertiesBuilder().DataPageVersion(version), boxes);
            var read = _folder.Read($"boxes-{version}", "c", (c, row) => c.NumberLists(row) is { } lists ? string.Join(';', lists.Select(l => string.Join(',', l))) : "null");
            read.ShouldBe(["1,2,3,4;5,6,7,8", "", "null", ";9", ";10,11"]);
        }
    }

    [Fact]
    public void RowGroups_MayBeEmptyTinyOrMissing()
    {
        using (var writer = new ParquetFileWriter(_folder["none"], [new Column<string>("text")])) writer.Close();
        using (var none = _folder.Open("none")) none.Metadata.RowGroups.ShouldBeEmpty();

        using (var writer = new ParquetFileWriter(_folder["many"], [new Column<string>("text")]))
        {
            for (var i = 0; i < 300; i++)
            {
                using var group = writer.AppendRowGroup();
                using var column = group.NextColumn().LogicalWriter<string>();
                column.WriteBatch(i % 10 == 0 ? [] : [$"row {i}"]);
            }

            writer.Close();
        }

        _folder.Texts("many", "text").ShouldBe(Enumerable.Range(0, 300).Where(i => i % 10 != 0).Select(i => $"row {i}"));
    }

    [Fact]
    public void Statistics_BoundTheValues()
    {
        WriteOne("s", new WriterPropertiesBuilder(), new long?[] { 5, null, -7, 1L << 60 });
        using var file = _folder.Open("s");
        file.Metadata.RowGroups[0].Columns[0].Statistics!.TryGetRange(file.Schema.Leaves[0], out var min, out var max).ShouldBeTrue();
        min.ShouldBeInRange(-7.0001, -7);
        max.ShouldBeGreaterThanOrEqualTo(1L << 60);
        file.Metadata.RowGroups[0].Columns[0].Statistics!.NullCount.ShouldBe(1);
    }

    private static WriterPropertiesBuilder Encoded(Encoding encoding, ParquetDataPageVersion version)
        => new WriterPropertiesBuilder().DisableDictionary().Encoding(encoding).DataPageVersion(version).DataPagesize(2048).WriteBatchSize(16).EnablePageChecksum().Compression(Compression.Zstd);

    private void Write(string name, WriterPropertiesBuilder properties, string?[] texts, byte[]?[] blobs)
    {
        using var built = properties.Build();
        using var writer = new ParquetFileWriter(_folder[name], [new Column<string>("text"), new Column<byte[]>("jpg")], built);
        const int Group = 300;
        for (var start = 0; start < texts.Length; start += Group)
        {
            using var group = writer.AppendRowGroup();
            using (var column = group.NextColumn().LogicalWriter<string?>()) column.WriteBatch(texts[start..Math.Min(texts.Length, start + Group)]);
            using (var column = group.NextColumn().LogicalWriter<byte[]?>()) column.WriteBatch(blobs[start..Math.Min(texts.Length, start + Group)]);
        }

        writer.Close();
    }

    private void WriteOne<T>(string name, WriterPropertiesBuilder properties, T[] values, Column? column = null)
    {
        using var built = properties.Build();
        using var writer = new ParquetFileWriter(_folder[name], [column ?? new Column<T>("c")], built);
        using var group = writer.AppendRowGroup();
        using (var logical = group.NextColumn().LogicalWriter<T>()) logical.WriteBatch(values);
        writer.Close();
    }

    private static void ShouldBeSame(List<byte[]?> found, byte[]?[] expected)
    {
        found.Count.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++) (found[i] is null == expected[i] is null && found[i].AsSpan().SequenceEqual(expected[i])).ShouldBeTrue($"row {i}");
    }
}
