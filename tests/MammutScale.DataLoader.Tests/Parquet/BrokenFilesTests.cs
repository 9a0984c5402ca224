using System.Buffers.Binary;
using MammutScale.DataLoader.Parquet;
using ParquetSharp;

namespace MammutScale.DataLoader.Tests.Parquet;

/// <summary>Damaged and lying files: rows or <see cref="DataFormatException"/>, nothing else, and no wrong row where a checksum stands.</summary>
public sealed class BrokenFilesTests : IDisposable
{
    private const string Name = "f.parquet";
    private const int Rows = 60;
    private const long MemoryBound = 64_000_000;
    private readonly TestFolder _folder = new();
    private readonly string?[] _texts = TestValues.Texts(Rows, 1);
    private readonly byte[]?[] _blobs = TestValues.Blobs(Rows, 2);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Truncation_IsAlwaysRefused()
    {
        var file = Write(Compression.Snappy, checksum: false);
        for (var length = 0; length < file.Length; length += Math.Max(1, file.Length / 60)) Read(file.AsSpan(0, length).ToArray()).ShouldBeNull($"{length} bytes");
    }

    [Theory]
    [InlineData(Compression.Uncompressed, 11)]
    [InlineData(Compression.Snappy, 12)]
    [InlineData(Compression.Zstd, 13)]
    [InlineData(Compression.Gzip, 14)]
    [InlineData(Compression.Lz4, 15)]
    [InlineData(Compression.Lz4Hadoop, 16)]
    [InlineData(Compression.Brotli, 17)]
    public void FlippedBits_GiveRowsOrAnError_WithoutAChecksum(Compression codec, int seed)
    {
        var file = Write(codec, checksum: false);
        var random = new Random(seed);
        for (var i = 0; i < 120; i++)
        {
            var damaged = (byte[])file.Clone();
            for (var flips = random.Next(1, 5); flips > 0; flips--) damaged[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Read(damaged); // must come back, with rows or refused
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MemoryBound);
        }
    }

    [Theory]
    [InlineData(Compression.Uncompressed, 21)]
    [InlineData(Compression.Snappy, 22)]
    [InlineData(Compression.Zstd, 23)]
    public void FlippedBits_NeverGiveAWrongRow_UnderAChecksum(Compression codec, int seed)
    {
        var file = Write(codec, checksum: true);
        int[] body;
        using (var memory = new MemoryFile(file)) body = [.. memory.BodyBytes()];
        var random = new Random(seed);
        for (var i = 0; i < 80; i++)
        {
            var damaged = (byte[])file.Clone();
            damaged[body[random.Next(body.Length)]] ^= (byte)(1 << random.Next(8));
            Read(damaged).ShouldBeNull();
        }

        Read(file).ShouldBe(_texts.Zip(_blobs, (t, b) => $"{t ?? "null"}|{(b is null ? "null" : Convert.ToHexString(b))}"));
    }

    [Fact]
    public void DamagedFooters_GiveRowsOrAnError()
    {
        var file = Write(Compression.Uncompressed, checksum: false);
        var start = FooterStart(file);
        for (var at = start; at < file.Length; at += 2)
        {
            foreach (var value in (byte[])[0, 0xFF, (byte)(file[at] ^ 0x04)])
            {
                var damaged = (byte[])file.Clone();
                damaged[at] = value;
                var before = GC.GetAllocatedBytesForCurrentThread();
                if (Read(damaged) is { } rows) rows.Count.ShouldBe(Rows, $"byte {at} set to {value}"); // a row count that lies is found out
                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MemoryBound);
            }
        }
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(0)]
    public void FooterLength_MayLie(int claimed)
    {
        var file = Write(Compression.Snappy, checksum: false);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(file.Length - 8), claimed);
        Message(file).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Encryption_IsRefusedByName()
    {
        var file = Write(Compression.Snappy, checksum: false);
        "PARE"u8.CopyTo(file.AsSpan(file.Length - 4));
        Message(file).ShouldContain("encrypted");
    }

    [Fact]
    public void EncryptedColumns_AreRefusedByName_WhenTheFooterIsPlain()
    {
        using (var builder = new FileEncryptionPropertiesBuilder(new byte[16]))
        using (var encryption = builder.SetPlaintextFooter().Build())
        using (var properties = new WriterPropertiesBuilder().Encryption(encryption).Build())
        using (var writer = new ParquetFileWriter(_folder[Name], [new Column<string>("text")], properties))
        {
            using var group = writer.AppendRowGroup();
            using (var column = group.NextColumn().LogicalWriter<string>()) column.WriteBatch(["secret"]);
            writer.Close();
        }

        Should.Throw<DataFormatException>(() => _folder.Open(Name).Dispose()).Message.ShouldContain("encrypted");
    }

    [Theory]
    [InlineData("")]
    [InlineData("PAR1")]
    [InlineData("PAR1PAR1PAR1")]
    [InlineData("<html><body>404 Not Found</body></html>")]
    public void Others_AreNoParquetFiles(string content)
    {
        var message = Message(System.Text.Encoding.UTF8.GetBytes(content));
        message.ShouldContain(Name);
    }

    [Fact]
    public async Task RowGroup_IsStillUsable_WhenAnotherIsDamaged()
    {
        var file = Write(Compression.Zstd, checksum: true, groups: 3);
        long middle;
        using (var whole = OpenBytes(file)) middle = whole.Metadata.RowGroups[1].Offset + whole.Metadata.RowGroups[1].Length / 2;
        file[middle] ^= 0x10;
        using var damaged = OpenBytes(file);
        using (await damaged.ReadRowGroupAsync(0, damaged.Schema.Leaves))
        using (await damaged.ReadRowGroupAsync(2, damaged.Schema.Leaves))
        {
            var error = await Should.ThrowAsync<DataFormatException>(async () => await damaged.ReadRowGroupAsync(1, damaged.Schema.Leaves));
            error.Message.ShouldContain($"{Name}, row group 1, column '");
        }
    }

    private static int FooterStart(byte[] file) => file.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));

    private byte[] Write(Compression codec, bool checksum, int groups = 1)
    {
        var builder = new WriterPropertiesBuilder().Compression(codec).DataPagesize(1024).WriteBatchSize(16);
        if (checksum) builder = builder.EnablePageChecksum();
        using var properties = builder.Build();
        using (var writer = new ParquetFileWriter(_folder[Name], [new Column<string>("text"), new Column<byte[]>("jpg")], properties))
        {
            for (var g = 0; g < groups; g++)
            {
                using var group = writer.AppendRowGroup();
                using (var column = group.NextColumn().LogicalWriter<string?>()) column.WriteBatch(_texts);
                using (var column = group.NextColumn().LogicalWriter<byte[]?>()) column.WriteBatch(_blobs);
            }

            writer.Close();
        }

        return File.ReadAllBytes(_folder[Name]);
    }

    private static ParquetFile OpenBytes(byte[] file) => ParquetFile.OpenAsync(Name, new MemoryFile(file)).AsTask().GetAwaiter().GetResult();

    /// <summary>Null when it is refused; any other exception fails the test.</summary>
    private static List<string>? Read(byte[] file)
    {
        try
        {
            using var parquet = OpenBytes(file);
            var rows = new List<string>();
            foreach (var group in Enumerable.Range(0, parquet.Metadata.RowGroups.Count))
            {
                using var data = parquet.ReadRowGroupAsync(group, parquet.Schema.Leaves).AsTask().GetAwaiter().GetResult();
                for (var row = 0; row < data.Rows; row++) rows.Add(string.Join('|', parquet.Schema.Leaves.Select(leaf => Spell(leaf.Ordinal, data[leaf], row))));
            }

            return rows;
        }
        catch (DataFormatException)
        {
            return null;
        }
    }

    private static string Spell(int ordinal, DataLoader.Parquet.Values.LeafColumn column, int row)
    {
        if (ordinal == 0) return column.TryGetText(row, out var text) ? text ?? "null" : "invalid";
        return column.TryGetBytes(row, out var bytes) ? Convert.ToHexString(bytes.Span) : "null";
    }

    private static string Message(byte[] file) => Should.Throw<DataFormatException>(() => OpenBytes(file).Dispose()).Message;
}
