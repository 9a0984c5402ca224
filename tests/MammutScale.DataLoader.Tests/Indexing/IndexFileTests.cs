using MammutScale.DataLoader.Indexing;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Tests.Indexing;

public sealed class IndexFileTests
{
    private static readonly SubsetSummary Subset = new() { Where = "width > 3", Mark = "m", Conditions = [new ConditionCount("width > 3", ["width"], 0)] };

    [Fact]
    public void AnIndex_ReadsAsItWasWritten()
    {
        FileEntry[] entries = [Entry("a.parquet", [5, 0, 7]), Entry("sub/b.parquet", [1])];
        var header = IndexAssembly.Header(["/data"], entries, Subset);
        var index = IndexFile.Read(IndexFile.Write(header, entries), "x");
        (index.Files, index.RowGroups, index.Rows, index.SelectedRows).ShouldBe((2, 4, 13, 8));
        index.Fingerprint.ShouldBe(header.Fingerprint);
        index.FileAt(1).Address.ShouldBe("/data/sub/b.parquet");
        index.RowGroupAt(2).ShouldBe(new IndexedRowGroup(0, 2, 7, 4, 208, 100));
        index.RowGroupAt(3).ShouldBe(new IndexedRowGroup(1, 0, 1, 1, 4, 100));
        index.Subset!.Conditions.ShouldHaveSingleItem().Rows.ShouldBe(14);
        (index.Subset.Conditions[0].Unread, index.FailedRows).ShouldBe((2, 4));
        index.Subset.Conditions[0].FilesWithout.ShouldBe(1);
        IndexFile.Write(header, index.Entries()).ShouldBe(IndexFile.Write(header, entries));
        var rows = new int[4];
        ((IRowSelection)index).Rows(2, 0, rows);
        rows.ShouldBe([0, 2, 4, 6]);
        index.ToSource("s").RowAt(2, 3).ShouldBe(6);
        Should.Throw<ArgumentOutOfRangeException>(() => ((IRowSelection)index).Rows(2, 1, rows));
    }

    [Fact]
    public void TheFingerprint_FollowsDataAndSubset_NotThePlace()
    {
        FileEntry[] entries = [Entry("a.parquet", [5, 7])];
        var print = IndexAssembly.Header(["/data"], entries, Subset).Fingerprint;
        IndexAssembly.Header(["az://other"], [entries[0] with { ETag = "new" }], Subset).Fingerprint.ShouldBe(print);
        IndexAssembly.Header(["/data"], [entries[0] with { Content = 2 }], Subset).Fingerprint.ShouldNotBe(print);
        IndexAssembly.Header(["/data"], [entries[0] with { Key = "b" }], Subset).Fingerprint.ShouldNotBe(print);
        IndexAssembly.Header(["/data"], [entries[0] with { RowGroups = [.. entries[0].RowGroups.Select(group => group with { Selected = group.Rows, Bits = [] })] }], Subset)
            .Fingerprint.ShouldNotBe(print);
    }

    [Fact]
    public void ADamagedFile_IsRefusedByName()
    {
        FileEntry[] entries = [Entry("a.parquet", [5, 7])];
        var bytes = IndexFile.Write(IndexAssembly.Header(["/data"], entries, null), entries);
        bytes[^3] ^= 1;
        Should.Throw<IndexException>(() => IndexFile.Read(bytes, "x.idx")).Message.ShouldContain("x.idx is damaged");
        Should.Throw<IndexException>(() => IndexFile.Read(bytes[..20], "x.idx")).Message.ShouldContain("not an index");
        bytes[8] = 9;
        Should.Throw<IndexException>(() => IndexFile.Read(bytes, "x.idx")).Message.ShouldContain("version 9");
    }

    [Fact]
    public void AMovedDataSet_KeepsItsFingerprint()
    {
        FileEntry[] entries = [Entry("a.parquet", [5])];
        var header = IndexAssembly.Header(["/data"], entries, null);
        var moved = new DatasetIndex(header, entries).MovedTo("az://data/laion");
        moved.Fingerprint.ShouldBe(header.Fingerprint);
        moved.FileAt(0).Address.ShouldBe("az://data/laion/a.parquet");
    }

    private static FileEntry Entry(string key, int[] rows) => new()
    {
        Root = 0,
        Key = key,
        ETag = $"tag of {key}",
        Length = 1000,
        Content = 1,
        Failed = 2,
        Kept = [7],
        Unread = [1],
        Lacks = key.StartsWith('a') ? ["width"] : [],
        RowGroups = [.. rows.Select((count, i) => new RowGroupEntry(count, 4 + (i * 102), 100, (count + 1) / 2, RowBits.Encode([0x5555555555555555], count, (count + 1) / 2)))],
    };
}
