using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Thrift;

namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>The unit of sharding and seeking.</summary>
/// <param name="Rows">Rows, by the footer; checked against the pages when they are read.</param>
/// <param name="Columns">A chunk for each leaf of the schema, in its order.</param>
public sealed record RowGroupInfo(long Rows, IReadOnlyList<ColumnChunk> Columns)
{
    private const int MagicLength = 4; // no page lies before it

    /// <summary>First byte of any of its pages; 0 when it has none.</summary>
    public long Offset { get; } = Columns.Where(c => c.Values > 0).Select(c => c.Offset).DefaultIfEmpty(0).Min();

    /// <summary>Bytes from <see cref="Offset"/> to the end of its last page.</summary>
    public long Length => Columns.Where(c => c.Values > 0).Select(c => c.Offset + c.CompressedBytes).DefaultIfEmpty(0).Max() - Offset;

    internal static RowGroupInfo Read(ref CompactReader reader, FileSchema schema, long dataEnd)
    {
        var rows = -1L;
        var columns = new List<ColumnChunk>(schema.Leaves.Count);
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 1:
                    var count = reader.ReadListHeader(field, out var element);
                    if (count != schema.Leaves.Count) throw new CorruptDataException($"a row group has {count} columns where the schema has {schema.Leaves.Count}");
                    for (var i = 0; i < count; i++)
                    {
                        CompactReader.ExpectStruct(element);
                        columns.Add(Inside(ColumnChunk.Read(ref reader, schema.Leaves[i]), schema.Leaves[i], dataEnd));
                    }

                    break;
                case 3: rows = reader.ReadInt64(field); break;
                default: reader.Skip(field); break;
            }
        }

        if (rows < 0) throw new CorruptDataException($"a row group claims {rows} rows");
        if (columns.Count != schema.Leaves.Count) throw new CorruptDataException($"a row group has {columns.Count} columns where the schema has {schema.Leaves.Count}");
        return new RowGroupInfo(rows, columns);
    }

    private static ColumnChunk Inside(ColumnChunk chunk, SchemaLeaf leaf, long dataEnd)
    {
        // chunks without values may point anywhere: nobody reads them
        if (chunk.Values > 0 && (chunk.Offset < MagicLength || chunk.CompressedBytes > dataEnd - chunk.Offset))
            throw new CorruptDataException($"column '{leaf.Path}' claims bytes {chunk.Offset} to {chunk.Offset + chunk.CompressedBytes} where the data ends at {dataEnd}");
        return chunk;
    }
}
