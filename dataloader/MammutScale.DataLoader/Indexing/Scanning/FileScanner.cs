using System.Security.Cryptography;
using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Parquet;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Places;
using MammutScale.DataLoader.Subsets.Columns;
using MammutScale.DataLoader.Subsets.Ids;

namespace MammutScale.DataLoader.Indexing.Scanning;

/// <summary>Makes the entry of one file: its footer, and as much of its columns as the subset needs.</summary>
internal sealed class FileScanner(SubsetRules rules, bool exact)
{
    /// <exception cref="DataFormatException">The file is damaged; names it.</exception>
    /// <exception cref="Subsets.SubsetException">A condition does not fit the types of the file.</exception>
    public async Task<FileEntry> ScanAsync(DataFile source, int root, CancellationToken cancellation)
    {
        using var file = await ParquetFile.OpenAsync(source.Store, source.Blob.Key, cancellation);
        var columns = LeafVectors.Describe(file.Schema, file.Name);
        rules.Where?.Check(columns);
        var ids = rules.Ids is null ? null : IdColumn.Find(file.Schema, rules.Options.OnlyColumn, file.Name);
        var status = DataRoles.Find(file)[ColumnRole.Status]?.Leaf is { MaxRepetition: 0, Kind: LeafKind.Text or LeafKind.Bytes } leaf ? leaf : null;
        var scan = new RowGroupScan(file, rules, status, ids, exact);
        var groups = new RowGroupEntry[file.Metadata.RowGroups.Count];
        for (var number = 0; number < groups.Length; number++)
        {
            var group = file.Metadata.RowGroups[number];
            if (group.Rows > ParquetFile.MaxRowsInGroup)
                throw new DataFormatException($"{file.Name}, row group {number}: {group.Rows} rows, and {ParquetFile.MaxRowsInGroup} are the most that can be read at once: rewrite it with smaller row groups");
            var (selected, bits) = group.Rows == 0 ? (0, []) : await scan.ScanAsync(number, cancellation);
            groups[number] = new RowGroupEntry((int)group.Rows, group.Offset, group.Length, selected, bits);
        }

        return new FileEntry
        {
            Root = root,
            Key = source.Blob.Key,
            Length = source.Blob.Length,
            ETag = source.Blob.ETag,
            Content = ContentOf(file.Metadata),
            RowGroups = groups,
            Failed = scan.Failed,
            Kept = scan.Kept,
            Unread = scan.Unread,
            Lacks = Lacking(columns, ids),
        };
    }

    /// <summary>What a file offers, for messages about columns that none has.</summary>
    public static async Task<FileColumns> DescribeAsync(DataFile source, CancellationToken cancellation)
    {
        using var file = await ParquetFile.OpenAsync(source.Store, source.Blob.Key, cancellation);
        return LeafVectors.Describe(file.Schema, file.Name);
    }

    private string[] Lacking(FileColumns columns, SchemaLeaf? ids) =>
    [
        .. (rules.Where?.Columns ?? []).Where(column => columns.Find(column) is null),
        .. rules.Ids is not null && ids is null ? (string[])[rules.OnlyColumn] : [],
    ];

    private static ulong ContentOf(FileMetadata metadata)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var group in metadata.RowGroups)
        {
            writer.Write(group.Rows);
            foreach (var chunk in group.Columns)
            {
                writer.Write(chunk.CompressedBytes);
                writer.Write(chunk.UncompressedBytes);
                writer.Write(chunk.Statistics?.Min ?? []);
                writer.Write(chunk.Statistics?.Max ?? []);
            }
        }

        writer.Flush();
        return BitConverter.ToUInt64(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }
}
