using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Tests.Pipeline;
using MammutScale.Storage;
using MammutScale.TestKit;
using ParquetSharp;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>Row groups that are larger than the memory one would give them.</summary>
[Collection(nameof(Alone))]
public sealed class LargeGroupTests : IDisposable
{
    private const int Rows = 300_000, Limit = 8 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Compression.Uncompressed)]
    [InlineData(Compression.Zstd)]
    public async Task MemoryStaysBounded_AndEveryRowIsInItsPlace(Compression compression)
    {
        Write(compression, i => i % 1000 == 7 ? null : Value(i, 300));
        using var file = await OpenAsync();
        file.Metadata.RowGroups.Count.ShouldBe(1);
        file.SpillAbove = Limit;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using var data = await file.ReadRowGroupAsync(0, file.Schema.Leaves, TestContext.Current.CancellationToken);
        // all that was ever allocated bounds what was held; the values are 90 MB
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(75_000_000);
        data.Bytes.ShouldBeLessThan(30_000_000);
        var column = data[file.Schema.Leaves[1]];
        for (int i = 0; i < Rows; i += 37)
        {
            bool there = column.TryGetBytes(i, out var bytes);
            there.ShouldBe(i % 1000 != 7);
            column.IsNull(i).ShouldBe(!there);
            if (there) bytes.Span.SequenceEqual(Value(i, 300)).ShouldBeTrue($"row {i}");
            data[file.Schema.Leaves[0]].Integer(i).ShouldBe(i);
        }
    }

    [Fact]
    public async Task DictionariesAndTextAreReadBackTheSame()
    {
        // few different values, so that the writer keeps a dictionary for the first pages and gives it up later
        Write(Compression.Snappy, i => i < 200_000 ? Value(i % 500, 100) : Value(i, 120));
        using var whole = await OpenAsync();
        using var parts = await OpenAsync();
        parts.SpillAbove = 100_000;
        using var a = await whole.ReadRowGroupAsync(0, whole.Schema.Leaves, TestContext.Current.CancellationToken);
        using var b = await parts.ReadRowGroupAsync(0, parts.Schema.Leaves, TestContext.Current.CancellationToken);
        b.Bytes.ShouldBeLessThan(a.Bytes);
        for (int leaf = 0; leaf < 3; leaf++)
            for (int i = 0; i < Rows; i += 11)
            {
                var (left, right) = (a[whole.Schema.Leaves[leaf]], b[parts.Schema.Leaves[leaf]]);
                left.TryGetText(i, out string? expected).ShouldBe(right.TryGetText(i, out string? found));
                found.ShouldBe(expected);
                right.Number(i).ShouldBe(left.Number(i));
            }
    }

    [Fact]
    public async Task NothingIsLeftBehind_AndAFullDiskIsSaid()
    {
        Write(Compression.Snappy, i => Value(i, 60));
        string scratch = _folder.File("scratch"), before = Path.GetTempPath();
        Directory.CreateDirectory(scratch);
        Environment.SetEnvironmentVariable("TMPDIR", scratch);
        try
        {
            using var file = await OpenAsync();
            file.SpillAbove = Limit;
            using (var data = await file.ReadRowGroupAsync(0, file.Schema.Leaves, TestContext.Current.CancellationToken))
            {
                Directory.GetFileSystemEntries(scratch).ShouldBeEmpty("the file has no name");
                data[file.Schema.Leaves[1]].TryGetBytes(Rows - 1, out var last).ShouldBeTrue();
                last.Span.SequenceEqual(Value(Rows - 1, 60)).ShouldBeTrue();
            }
            Environment.SetEnvironmentVariable("TMPDIR", "/proc/nowhere");
            (await Should.ThrowAsync<DataFormatException>(async () => await file.ReadRowGroupAsync(0, file.Schema.Leaves))).Message.ShouldContain("TMPDIR");
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }
    }

    private async ValueTask<ParquetFile> OpenAsync() => await ParquetFile.OpenAsync(BlobStores.Open(_folder.Path), "large.parquet", TestContext.Current.CancellationToken);

    private void Write(Compression compression, Func<int, byte[]?> value)
    {
        Column[] columns = [new Column<int>("key"), new Column<byte[]?>("jpg"), new Column<string>("caption")];
        using var writer = new ParquetFileWriter(_folder.File("large.parquet"), columns, compression);
        using (var group = writer.AppendRowGroup())
        {
            using (var keys = group.NextColumn().LogicalWriter<int>()) keys.WriteBatch([.. Enumerable.Range(0, Rows)]);
            using (var media = group.NextColumn().LogicalWriter<byte[]?>())
                for (int start = 0; start < Rows; start += 10_000) media.WriteBatch([.. Enumerable.Range(start, 10_000).Select(value)]);
            using (var captions = group.NextColumn().LogicalWriter<string>()) captions.WriteBatch([.. Enumerable.Range(0, Rows).Select(i => $"ä {i % 9}")]);
        }
        writer.Close();
    }

    private static byte[] Value(int row, int length)
    {
        byte[] value = new byte[length];
        uint state = (uint)row * 2654435761u;
        for (int i = 0; i < length; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            value[i] = (byte)(state >> 24);
        }
        return value;
    }
}
