using MammutScale.DataLoader.Parquet;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>What old or careless writers do, and what only liars do, written byte by byte.</summary>
public sealed class OddFilesTests
{
    private const int Data = 0;
    private const int Dictionary = 2;
    private const int DataV2 = 3;
    private const int Plain = 0;
    private const int Rle = 3;
    private const int BitPacked = 4;
    private const int RleDictionary = 8;

    // definition levels 1, 0, 1 as one bit-packed group with its length before it
    private static readonly byte[] Levels = [2, 0, 0, 0, 0b11, 0b101];

    [Fact]
    public void Dictionary_IsFound_WhenOnlyTheDataOffsetPointsAtIt()
    {
        foreach (var offset in (long?[])[null, 0])
        {
            var file = new TinyWriter { DictionaryOffset = offset }
                .Page(Dictionary, TinyWriter.Plain("cat", "dög"), 7, [(1, 2), (2, Plain)])
                .Page(Data, [.. Levels, 1, 0b11, 0b01], 5, [(1, 3), (2, RleDictionary), (3, Rle), (4, Rle)])
                .Finish(3, 3);
            Texts(file).ShouldBe(["dög", null, "cat"]);
        }
    }

    [Fact]
    public void Levels_AreRead_InTheDeprecatedPacking()
    {
        var file = new TinyWriter().Page(Data, [0b1010_0000, .. TinyWriter.Plain("a", "b")], 5, [(1, 3), (2, Plain), (3, BitPacked), (4, BitPacked)]).Finish(3, 3);
        Texts(file).ShouldBe(["a", null, "b"]);
    }

    [Fact]
    public async Task RepeatedField_WithoutAGroup_IsAList()
    {
        // rows [a, b], [], [c]: repetition 0 1 0 0, definition 1 1 0 1
        byte[] levels = [2, 0, 0, 0, 0b11, 0b0010, 2, 0, 0, 0, 0b11, 0b1011];
        var file = new TinyWriter { Repetition = 2 }.Page(Data, [.. levels, .. TinyWriter.Plain("a", "b", "c")], 5, [(1, 4), (2, Plain), (3, Rle), (4, Rle)]).Finish(3, 4);
        using var parquet = Open(file);
        var leaf = parquet.Schema.Leaves.Single();
        using var data = await parquet.ReadRowGroupAsync(0, [leaf]);
        Enumerable.Range(0, 3).Select(row => data[leaf].TryGetTexts(row, out var texts) ? string.Join(',', texts!) : "?").ShouldBe(["a,b", "", "c"]);
    }

    [Fact]
    public void UnknownPages_AreSkipped()
    {
        var file = new TinyWriter { Repetition = 0 }
            .Page(1, [1, 2, 3], 6, [])
            .Page(Data, TinyWriter.Plain("a"), 5, [(1, 1), (2, Plain), (3, Rle), (4, Rle)])
            .Finish(1, 1);
        Texts(file).ShouldBe(["a"]);
    }

    [Fact]
    public void VersionTwo_MayLeaveAPageUncompressed()
    {
        var file = new TinyWriter { Codec = 1 }.Page(DataV2, [0b11, 0b101, .. TinyWriter.Plain("a", "b")], 8, [(1, 3), (2, 1), (3, 3), (4, Plain), (5, 2), (6, 0)]).Finish(3, 3);
        // compressed by default, and these bytes are not Snappy
        Refused(file).ShouldContain("Snappy");
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(2_000_000)]
    public void UnpackedSize_MayNotBeBeyondWhatTheCodecCanDo(int claimed)
    {
        foreach (var codec in (int[])[1, 2, 7])
        {
            var file = new TinyWriter { Codec = codec, Repetition = 0 }.Page(Data, [1, 2, 3, 4], 5, [(1, 1), (2, Plain), (3, Rle), (4, Rle)], unpacked: claimed).Finish(1, 1);
            var before = GC.GetTotalAllocatedBytes();
            Refused(file).ShouldContain("claims");
            (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(50_000_000);
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(5000)]
    public void PackedSize_MayNotBeBeyondTheColumn(int claimed)
        => Refused(new TinyWriter { Repetition = 0 }.Page(Data, TinyWriter.Plain("a"), 5, [(1, 1), (2, Plain), (3, Rle), (4, Rle)], packed: claimed).Finish(1, 1)).ShouldContain("claims");

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(16_000_000)]
    [InlineData(2)]
    public void ValueCount_MayNotBeBeyondThePage(int claimed)
    {
        var file = new TinyWriter { Repetition = 0 }.Page(Data, TinyWriter.Plain("a"), 5, [(1, claimed), (2, Plain), (3, Rle), (4, Rle)]).Finish(claimed, claimed);
        var before = GC.GetTotalAllocatedBytes();
        Refused(file);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(50_000_000);
    }

    [Fact]
    public void Dictionary_IsNeeded_WhereIndicesReferToIt()
        => Refused(new TinyWriter().Page(Data, [.. Levels, 1, 0b11, 0b01], 5, [(1, 3), (2, RleDictionary), (3, Rle), (4, Rle)]).Finish(3, 3)).ShouldContain("dictionary");

    [Fact]
    public void Index_MayNotBeBeyondTheDictionary()
        => Refused(new TinyWriter()
            .Page(Dictionary, TinyWriter.Plain("only"), 7, [(1, 1), (2, Plain)])
            .Page(Data, [.. Levels, 1, 0b11, 0b01], 5, [(1, 3), (2, RleDictionary), (3, Rle), (4, Rle)])
            .Finish(3, 3)).ShouldContain("index");

    [Theory]
    [InlineData(4, 3)]
    [InlineData(2, 3)]
    public void RowCount_OfTheFooter_IsCheckedAgainstThePages(long rows, long values)
        => Refused(new TinyWriter().Page(Data, [.. Levels, .. TinyWriter.Plain("a", "b")], 5, [(1, 3), (2, Plain), (3, Rle), (4, Rle)]).Finish(rows, values)).ShouldContain("3 rows");

    [Fact]
    public void Codec_IsNamed_WhenItIsNotSupported()
        => Refused(new TinyWriter { Codec = 3, Repetition = 0 }.Page(Data, TinyWriter.Plain("a"), 5, [(1, 1), (2, Plain), (3, Rle), (4, Rle)]).Finish(1, 1)).ShouldContain("Lzo");

    private static List<string?> Texts(byte[] file)
    {
        using var parquet = Open(file);
        var leaf = parquet.Schema.Leaves.Single();
        using var data = parquet.ReadRowGroupAsync(0, [leaf]).AsTask().GetAwaiter().GetResult();
        return [.. Enumerable.Range(0, data.Rows).Select(row => TestFolder.Text(data[leaf], row))];
    }

    private static string Refused(byte[] file) => Should.Throw<DataFormatException>(() => Texts(file)).Message;

    private static ParquetFile Open(byte[] file) => ParquetFile.OpenAsync("odd", new MemoryFile(file)).AsTask().GetAwaiter().GetResult();
}
