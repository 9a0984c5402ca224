namespace MammutScale.DataLoader.Indexing;

/// <summary>One file of the index in variable-length integers. Row groups mostly follow each other, so offsets are gaps.</summary>
internal static class FileEntryCodec
{
    public static void Write(BinaryWriter writer, FileEntry entry, bool selects)
    {
        writer.Write7BitEncodedInt(entry.Root);
        writer.Write(entry.Key);
        writer.Write(entry.ETag);
        writer.Write7BitEncodedInt64(entry.Length);
        writer.Write(entry.Content);
        writer.Write7BitEncodedInt(entry.RowGroups.Count);
        long end = 0;
        foreach (var group in entry.RowGroups)
        {
            writer.Write7BitEncodedInt(group.Rows);
            writer.Write7BitEncodedInt64(group.Offset - end);
            writer.Write7BitEncodedInt64(group.Length);
            end = group.Offset + group.Length;
            if (!selects)
                continue;
            writer.Write7BitEncodedInt(group.Selected);
            writer.Write7BitEncodedInt(group.Bits.Length);
            writer.Write(group.Bits);
        }

        writer.Write7BitEncodedInt64(entry.Failed);
        writer.Write7BitEncodedInt(entry.Kept.Length);
        for (var i = 0; i < entry.Kept.Length; i++)
        {
            writer.Write7BitEncodedInt64(entry.Kept[i]);
            writer.Write7BitEncodedInt64(entry.Unread[i]);
        }

        writer.Write7BitEncodedInt(entry.Lacks.Count);
        foreach (var column in entry.Lacks)
            writer.Write(column);
    }

    public static FileEntry Read(BinaryReader reader, bool selects)
    {
        var root = reader.Read7BitEncodedInt();
        var (key, etag) = (reader.ReadString(), reader.ReadString());
        var length = reader.Read7BitEncodedInt64();
        var content = reader.ReadUInt64();
        var groups = new RowGroupEntry[reader.Read7BitEncodedInt()];
        long end = 0;
        for (var i = 0; i < groups.Length; i++)
        {
            var rows = reader.Read7BitEncodedInt();
            var offset = end + reader.Read7BitEncodedInt64();
            var bytes = reader.Read7BitEncodedInt64();
            end = offset + bytes;
            groups[i] = selects
                ? new RowGroupEntry(rows, offset, bytes, reader.Read7BitEncodedInt(), reader.ReadBytes(reader.Read7BitEncodedInt()))
                : new RowGroupEntry(rows, offset, bytes, rows, []);
        }

        var failed = reader.Read7BitEncodedInt64();
        var conditions = reader.Read7BitEncodedInt();
        var (kept, unread) = (new long[conditions], new long[conditions]);
        for (var i = 0; i < conditions; i++)
            (kept[i], unread[i]) = (reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
        var lacks = new string[reader.Read7BitEncodedInt()];
        for (var i = 0; i < lacks.Length; i++)
            lacks[i] = reader.ReadString();
        return new FileEntry
        {
            Root = root,
            Key = key,
            ETag = etag,
            Length = length,
            Content = content,
            RowGroups = groups,
            Failed = failed,
            Kept = kept,
            Unread = unread,
            Lacks = lacks,
        };
    }
}
