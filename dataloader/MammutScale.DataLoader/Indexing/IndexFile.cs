using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using ZstdSharp;

namespace MammutScale.DataLoader.Indexing;

/// <summary>
/// The index as bytes: magic, version, SHA-256 of the rest; then, compressed with zstd, the header in JSON and the files one
/// after another in variable-length integers.
/// </summary>
internal static class IndexFile
{
    public const int Version = 1;

    private const int ChecksumAt = 12;
    private const int BodyAt = ChecksumAt + SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "MAMMUTIX"u8;

    public static byte[] Write(IndexHeader header, IEnumerable<FileEntry> entries)
    {
        using var bytes = new MemoryStream();
        bytes.Position = BodyAt;
        using (var compressed = new CompressionStream(bytes, level: 6, leaveOpen: true))
        using (var writer = new BinaryWriter(compressed))
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(header, IndexHeaderJson.Default.IndexHeader);
            writer.Write7BitEncodedInt(json.Length);
            writer.Write(json);
            foreach (var entry in entries)
                FileEntryCodec.Write(writer, entry, header.Selects);
        }

        var file = bytes.ToArray();
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(Magic.Length), Version);
        SHA256.HashData(file.AsSpan(BodyAt), file.AsSpan(ChecksumAt));
        return file;
    }

    /// <exception cref="IndexException">Not an index, of another version, or damaged.</exception>
    public static DatasetIndex Read(byte[] file, string address)
    {
        if (file.Length < BodyAt || !file.AsSpan().StartsWith(Magic))
            throw new IndexException($"{address} is not an index of MammutScale ({file.Length} bytes): build one with `mammut data index`");
        var version = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(Magic.Length));
        if (version != Version)
            throw new IndexException($"{address} has index version {version}, this build reads {Version}: build it again with `mammut data index`");
        if (!SHA256.HashData(file.AsSpan(BodyAt)).AsSpan().SequenceEqual(file.AsSpan(ChecksumAt, SHA256.HashSizeInBytes)))
            throw new IndexException($"{address} is damaged: its checksum does not match its content; build it again with `mammut data index`");
        using var stream = new DecompressionStream(new MemoryStream(file, BodyAt, file.Length - BodyAt));
        using var reader = new BinaryReader(new BufferedStream(stream, 1 << 16));
        var header = JsonSerializer.Deserialize(reader.ReadBytes(reader.Read7BitEncodedInt()), IndexHeaderJson.Default.IndexHeader)!;
        return new DatasetIndex(header, Enumerable.Range(0, header.Files).Select(_ => FileEntryCodec.Read(reader, header.Selects)));
    }
}
