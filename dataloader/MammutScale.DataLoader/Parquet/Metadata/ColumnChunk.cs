using System.Text;
using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Thrift;

namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>One column's pages in one row group.</summary>
/// <param name="Codec">Compression of its pages.</param>
/// <param name="Values">Level entries, nulls included.</param>
/// <param name="Offset">First byte of the first page, dictionary included.</param>
/// <param name="CompressedBytes">All pages with their headers.</param>
/// <param name="UncompressedBytes">The same before compression.</param>
/// <param name="Statistics">Null when the writer noted none.</param>
public sealed record ColumnChunk(CompressionCodec Codec, long Values, long Offset, long CompressedBytes, long UncompressedBytes, ColumnStatistics? Statistics)
{
    internal static ColumnChunk Read(ref CompactReader reader, SchemaLeaf leaf)
    {
        ColumnChunk? chunk = null;
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 1:
                    var path = reader.ReadString(field);
                    if (path.Length > 0) throw new CorruptDataException($"column '{leaf.Path}' lies in another file ('{path}'), which is not supported");
                    break;
                case 3:
                    CompactReader.ExpectStruct(field);
                    chunk = ReadMetadata(ref reader, leaf);
                    break;
                case 8:
                    throw new CorruptDataException($"column '{leaf.Path}' is encrypted, and encrypted files are not supported: write it without encryption");
                default: reader.Skip(field); break;
            }
        }

        return chunk ?? throw new CorruptDataException($"column '{leaf.Path}' has no metadata in the footer");
    }

    private static ColumnChunk ReadMetadata(ref CompactReader reader, SchemaLeaf leaf)
    {
        var (type, codec) = (leaf.Type, 0);
        long values = -1, uncompressed = -1, compressed = -1, data = -1, dictionary = -1;
        ColumnStatistics? statistics = null;
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 1: type = (PhysicalType)reader.ReadInt32(field); break;
                case 3: CheckPath(ref reader, field, leaf); break;
                case 4: codec = reader.ReadInt32(field); break;
                case 5: values = reader.ReadInt64(field); break;
                case 6: uncompressed = reader.ReadInt64(field); break;
                case 7: compressed = reader.ReadInt64(field); break;
                case 9: data = reader.ReadInt64(field); break;
                case 11: dictionary = reader.ReadInt64(field); break;
                case 12:
                    CompactReader.ExpectStruct(field);
                    statistics = ColumnStatistics.Read(ref reader, leaf.Type);
                    break;
                default: reader.Skip(field); break;
            }
        }

        if (type != leaf.Type) throw new CorruptDataException($"column '{leaf.Path}' is {leaf.Type} in the schema and {type} in a row group");
        if (!Enum.IsDefined((CompressionCodec)codec)) throw new CorruptDataException($"column '{leaf.Path}' names an unknown compression codec {codec}");
        if (values < 0 || compressed < 0 || data < 0) throw new CorruptDataException($"column '{leaf.Path}' has {values} values in {compressed} bytes at {data}, which cannot be");
        // some writers leave the dictionary's place out, or write 0, and point at it with the data's
        var offset = dictionary > 0 && dictionary < data ? dictionary : data;
        return new ColumnChunk((CompressionCodec)codec, values, offset, compressed, Math.Max(0, uncompressed), statistics);
    }

    /// <summary>Columns must come in the order of the schema; a path that differs means that something is mixed up.</summary>
    private static void CheckPath(ref CompactReader reader, CompactType type, SchemaLeaf leaf)
    {
        var count = reader.ReadListHeader(type, out var element);
        var same = count == leaf.PhysicalPath.Count;
        var found = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString(element);
            same = same && name == leaf.PhysicalPath[i];
            if (i > 0) found.Append('.');
            found.Append(name);
        }

        if (!same) throw new CorruptDataException($"a row group has column '{found}' where the schema has '{string.Join('.', leaf.PhysicalPath)}'");
    }
}
