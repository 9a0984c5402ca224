using System.Globalization;
using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Indexing.Building;
using MammutScale.DataLoader.Places;
using MammutScale.DataLoader.Planning;
using MammutScale.DataLoader.Subsets;

namespace MammutScale.DataLoader.Tests.Indexing;

public sealed class IndexBuilderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mammut-index-").FullName;
    private readonly Dictionary<string, ShardWriter.Row[]> _shards = [];

    public IndexBuilderTests()
    {
        ShardWriter.Width[] widths = [ShardWriter.Width.Int32, ShardWriter.Width.Int64, ShardWriter.Width.Double, ShardWriter.Width.Missing];
        for (var shard = 0; shard < 8; shard++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{shard:D5}.parquet");
            _shards[name] = ShardWriter.Rows(shard, 95);
            ShardWriter.Write(Path.Combine(_folder, name), _shards[name], 20, widths[shard % 4]);
            File.WriteAllText(Path.Combine(_folder, name.Replace(".parquet", "_stats.json", StringComparison.Ordinal)), "{}");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EveryRowGroupIsListed_InTheOrderOfTheFiles()
    {
        var index = await IndexBuilder.BuildAsync([_folder], new IndexOptions());
        (index.Files, index.RowGroups, index.Rows).ShouldBe((8, 40, 760));
        index.FailedRows.ShouldBe(_shards.Values.Sum(rows => rows.Count(row => row.Failed)));
        index.SelectedRows.ShouldBe(760 - index.FailedRows);
        Selected(index).ShouldBe(Expected((_, row) => !row.Failed));
        index.Subset.ShouldBeNull();
        (await IndexBuilder.BuildAsync([Path.Combine(_folder, "0000[0-7].parquet")], new IndexOptions())).Fingerprint.ShouldBe(index.Fingerprint);
    }

    [Theory]
    [InlineData("similarity > 0.28 and width >= 200")]
    [InlineData("width < 150 or similarity is null")]
    [InlineData("not (width >= 200)")]
    [InlineData("width is null")]
    public async Task Where_KeepsTheSameRows_WhateverTypeAColumnHas(string where)
    {
        var index = await Build(new SubsetOptions { Where = where });
        Func<string, ShardWriter.Row, bool> keeps = where switch
        {
            "similarity > 0.28 and width >= 200" => (file, row) => row.Similarity > 0.28 && Width(file, row) >= 200,
            "width < 150 or similarity is null" => (file, row) => Width(file, row) < 150 || row.Similarity is null,
            "not (width >= 200)" => (file, row) => Width(file, row) < 200,
            _ => (file, row) => Width(file, row) is null,
        };
        Selected(index).ShouldBe(Expected((file, row) => !row.Failed && keeps(file, row)));
        index.Subset!.Where.ShouldBe(where);
    }

    [Fact]
    public async Task Conditions_AreCountedOneByOne()
    {
        var options = new IndexOptions { Subset = new SubsetOptions { Where = "similarity > 0.28 and width >= 200" }, ExactCounts = true };
        var conditions = (await IndexBuilder.BuildAsync([_folder], options)).Subset!.Conditions;
        conditions.Select(condition => condition.Condition).ShouldBe(["similarity > 0.28", "width >= 200"]);
        conditions[0].Rows.ShouldBe(_shards.Values.Sum(rows => rows.Count(row => row.Similarity > 0.28)));
        conditions[1].Rows.ShouldBe(_shards.Sum(shard => shard.Value.Count(row => Width(shard.Key, row) >= 200)));
        conditions[1].FilesWithout.ShouldBe(2);
        conditions.ShouldAllBe(condition => condition.Unread == 0);
    }

    [Fact]
    public async Task RowGroupsThatStatisticsRuleOut_AreNotRead()
    {
        // every page after the footer is destroyed: only statistics can answer
        foreach (var file in Directory.GetFiles(_folder, "*.parquet"))
            DestroyPages(file);
        var index = await Build(new SubsetOptions { Where = "similarity > 0.9 and width > 3" });
        (index.Rows, index.SelectedRows).ShouldBe((760, 0));
        index.Subset!.Conditions[1].Unread.ShouldBeGreaterThan(0);
        await Should.ThrowAsync<IndexException>(() => Build(new SubsetOptions { Where = "similarity > 0.3" }));
    }

    [Theory]
    [InlineData(".txt")]
    [InlineData(".npy")]
    [InlineData(".parquet")]
    public async Task Only_KeepsTheListedRows(string format)
    {
        var listed = _shards.Values.SelectMany(rows => rows).Where((_, i) => i % 3 == 0).Select(row => row.Uid).ToArray();
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "_lists")).FullName, "uids" + format);
        WriteIds(path, [.. listed, new string('0', 32)]);
        var index = await Build(new SubsetOptions { Only = path });
        Selected(index).ShouldBe(Expected((_, row) => !row.Failed && listed.Contains(row.Uid)));
        index.Subset!.Conditions.ShouldHaveSingleItem().Condition.ShouldContain($"{listed.Length + 1} ids");
        // both together, and by another column
        var both = await Build(new SubsetOptions { Only = path, Where = "similarity < 0.2" });
        Selected(both).ShouldBe(Expected((_, row) => !row.Failed && listed.Contains(row.Uid) && row.Similarity < 0.2));
        File.WriteAllLines(path + "2", _shards["00003.parquet"].Select(row => row.Key));
        Selected(await Build(new SubsetOptions { Only = path + "2", OnlyColumn = "key" })).ShouldBe(Expected((file, row) => !row.Failed && file == "00003.parquet"));
    }

    [Fact]
    public async Task ThePlanOverASubset_GivesSelectedRowsOnly_Once()
    {
        var source = (await Build(new SubsetOptions { Where = "similarity > 0.28" })).ToSource("s");
        var plan = new DataPlan(new PlanOptions { GlobalBatch = 4, Lanes = 4, Seed = 3, ShuffleRows = 30 }, source);
        var rows = new List<SampleId>();
        for (var step = 0; step < (source.Samples + 3) / 4; step++)
            rows.AddRange(PlanGenBatch(plan, step).Where(sample => sample.Epoch == 0).Select(sample => sample.Id));
        rows.Select(id => (id.RowGroup / 5, (id.RowGroup % 5 * 20) + id.Row)).Order()
            .ShouldBe(Expected((_, row) => !row.Failed && row.Similarity > 0.28).Select(row => (row.File, row.Row)));
    }

    [Fact]
    public async Task UnchangedFiles_AreTakenOver()
    {
        var output = Path.Combine(_folder, "_index", "data.idx");
        var first = await IndexBuilder.BuildAsync([_folder], new IndexOptions { Output = output });
        var (again, reused) = await Rebuild(output);
        (again.Fingerprint, reused).ShouldBe((first.Fingerprint, 8));
        (await IndexStore.LoadAsync(output)).Fingerprint.ShouldBe(first.Fingerprint);
        ShardWriter.Write(Path.Combine(_folder, "00002.parquet"), ShardWriter.Rows(77, 40), 20);
        File.Delete(Path.Combine(_folder, "00005.parquet"));
        var (changed, kept) = await Rebuild(output);
        (changed.Rows, kept).ShouldBe((610, 6));
        changed.Fingerprint.ShouldNotBe(first.Fingerprint);
        changed.Fingerprint.ShouldBe((await IndexBuilder.BuildAsync([_folder], new IndexOptions())).Fingerprint);
        // other rules take nothing over
        (await Rebuild(output, new SubsetOptions { Where = "similarity > 0.28" })).Reused.ShouldBe(0);
    }

    [Fact]
    public async Task AnInterruptedBuild_IsPickedUp()
    {
        var output = Path.Combine(_folder, "_index", "data.idx");
        using var stop = new CancellationTokenSource();
        var options = new IndexOptions { Output = output, Parallel = 1, SaveEvery = TimeSpan.Zero, Progress = new Told(progress => Stop(progress, stop)) };
        await Should.ThrowAsync<OperationCanceledException>(() => IndexBuilder.BuildAsync([_folder], options, stop.Token));
        File.Exists(output).ShouldBeFalse();
        var (index, reused) = await Rebuild(output);
        reused.ShouldBe(3);
        Directory.GetFiles(Path.GetDirectoryName(output)!, "*", SearchOption.AllDirectories).ShouldBe([output]);
        index.Fingerprint.ShouldBe((await IndexBuilder.BuildAsync([_folder], new IndexOptions())).Fingerprint);
    }

    [Fact]
    public async Task BrokenFiles_AreAllNamed()
    {
        File.WriteAllBytes(Path.Combine(_folder, "00001.parquet"), [1, 2, 3]);
        File.WriteAllText(Path.Combine(_folder, "00006.parquet"), "<html>not found</html>");
        var message = (await Should.ThrowAsync<IndexException>(() => IndexBuilder.BuildAsync([_folder], new IndexOptions()))).Message;
        message.ShouldContain("00001.parquet");
        message.ShouldContain("00006.parquet");
        message.ShouldContain("2 files of 8");
    }

    [Fact]
    public async Task MistypedColumns_AreSuggested()
    {
        (await Should.ThrowAsync<SubsetException>(() => Build(new SubsetOptions { Where = "similarty > 0.28" }))).Message.ShouldContain("did you mean 'similarity'?");
        (await Should.ThrowAsync<SubsetException>(() => Build(new SubsetOptions { Where = "caption > 3" }))).Message.ShouldContain("column 'caption' is text");
        File.WriteAllText(Path.Combine(_folder, "ids.txt"), "1");
        (await Should.ThrowAsync<SubsetException>(() => Build(new SubsetOptions { Only = Path.Combine(_folder, "ids.txt"), OnlyColumn = "uuid" }))).Message.ShouldContain("'uid'");
        (await Should.ThrowAsync<SubsetException>(() => Build(new SubsetOptions { Only = Path.Combine(_folder, "none.txt") }))).Message.ShouldContain("none.txt");
    }

    [Fact]
    public async Task PathsThatLeadNowhere_AreRefused()
    {
        (await Should.ThrowAsync<DataPlaceException>(() => IndexBuilder.BuildAsync([_folder + "x"], new IndexOptions()))).Message.ShouldContain("does not exist");
        (await Should.ThrowAsync<DataPlaceException>(() => IndexBuilder.BuildAsync([_folder + "/*.tar"], new IndexOptions()))).Message.ShouldContain("no file matches");
        var other = Directory.CreateDirectory(Path.Combine(_folder, "_tars")).FullName;
        File.WriteAllText(Path.Combine(other, "0.tar"), "");
        (await Should.ThrowAsync<DataPlaceException>(() => IndexBuilder.BuildAsync([other], new IndexOptions()))).Message.ShouldContain("1 .tar");
    }

    private Task<DatasetIndex> Build(SubsetOptions subset) => IndexBuilder.BuildAsync([_folder], new IndexOptions { Subset = subset });

    private async Task<(DatasetIndex Index, int Reused)> Rebuild(string output, SubsetOptions? subset = null)
    {
        var reused = 0;
        var progress = new Told(told => reused = told.Reused);
        return (await IndexBuilder.BuildAsync([_folder], new IndexOptions { Output = output, Progress = progress, Subset = subset ?? SubsetOptions.Everything }), reused);
    }

    private static void Stop(IndexProgress progress, CancellationTokenSource stop)
    {
        if (progress.Done == 3)
            stop.Cancel();
    }

    /// <summary>(file, row in the file) of every selected row.</summary>
    private static List<(int File, int Row)> Selected(DatasetIndex index)
    {
        var source = index.ToSource("s");
        return [.. Enumerable.Range(0, index.RowGroups).SelectMany(group => Enumerable.Range(0, source.RowsIn(group))
            .Select(i => (index.RowGroupAt(group).File, (index.RowGroupAt(group).Number * 20) + source.RowAt(group, i))))];
    }

    private List<(int File, int Row)> Expected(Func<string, ShardWriter.Row, bool> keeps) =>
        [.. _shards.OrderBy(shard => shard.Key, StringComparer.Ordinal).SelectMany((shard, file) => Enumerable.Range(0, shard.Value.Length).Where(row => keeps(shard.Key, shard.Value[row])).Select(row => (file, row)))];

    private static int? Width(string file, ShardWriter.Row row) => file[4] is '3' or '7' ? null : row.Pixels;

    private static IEnumerable<PlannedSample> PlanGenBatch(DataPlan plan, long step) => MammutScale.DataLoader.Tests.Planning.PlanGen.GlobalBatch(plan, step);

    private static void DestroyPages(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var footer = BitConverter.ToInt32(bytes, bytes.Length - 8) + 8;
        bytes.AsSpan(4, bytes.Length - footer - 4).Fill(0xEE);
        File.WriteAllBytes(file, bytes);
    }

    private static void WriteIds(string path, string[] ids)
    {
        if (path.EndsWith(".txt", StringComparison.Ordinal))
            File.WriteAllLines(path, ids);
        else if (path.EndsWith(".npy", StringComparison.Ordinal))
            File.WriteAllBytes(path, Npy(ids));
        else
        {
            using var writer = new ParquetSharp.ParquetFileWriter(path, [new ParquetSharp.Column<string>("uid")]);
            using var group = writer.AppendRowGroup();
            using var column = group.NextColumn().LogicalWriter<string>();
            column.WriteBatch(ids);
        }
    }

    private static byte[] Npy(string[] ids)
    {
        var header = $"{{'descr': [('f0', '<u8'), ('f1', '<u8')], 'fortran_order': False, 'shape': ({ids.Length},), }}".PadRight(117) + "\n";
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write((byte[])[0x93, .. "NUMPY"u8, 1, 0]);
        writer.Write((ushort)header.Length);
        writer.Write(System.Text.Encoding.ASCII.GetBytes(header));
        foreach (var id in ids)
        {
            writer.Write(ulong.Parse(id[..16], NumberStyles.HexNumber));
            writer.Write(ulong.Parse(id[16..], NumberStyles.HexNumber));
        }

        return bytes.ToArray();
    }

    private sealed class Told(Action<IndexProgress> tell) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => tell(value);
    }
}
