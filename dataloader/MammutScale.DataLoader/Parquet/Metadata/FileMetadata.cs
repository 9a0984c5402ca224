using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Thrift;

namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>What the footer says.</summary>
/// <param name="Rows">Rows of all row groups.</param>
/// <param name="Schema">Columns.</param>
/// <param name="RowGroups">In file order.</param>
/// <param name="KeyValues">What writers add, e.g. <c>huggingface</c> or <c>ARROW:schema</c>.</param>
/// <param name="CreatedBy">The writer's name, or empty.</param>
public sealed record FileMetadata(long Rows, FileSchema Schema, IReadOnlyList<RowGroupInfo> RowGroups, IReadOnlyDictionary<string, string> KeyValues, string CreatedBy)
{
    /// <param name="footer">The Thrift struct.</param>
    /// <param name="dataEnd">Where the footer begins: no page may reach beyond.</param>
    internal static FileMetadata Read(ReadOnlySpan<byte> footer, long dataEnd)
    {
        var reader = new CompactReader(footer);
        FileSchema? schema = null;
        var rows = -1L;
        var groups = new List<RowGroupInfo>();
        var keyValues = new Dictionary<string, string>();
        var createdBy = "";
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 2: schema = SchemaBuilder.Build(ReadSchema(ref reader, field)); break;
                case 3: rows = reader.ReadInt64(field); break;
                case 4:
                    if (schema is null) throw new CorruptDataException("the footer lists row groups before a schema");
                    var count = reader.ReadListHeader(field, out var element);
                    for (var i = 0; i < count; i++)
                    {
                        CompactReader.ExpectStruct(element);
                        groups.Add(RowGroupInfo.Read(ref reader, schema, dataEnd));
                    }

                    break;
                case 5: ReadKeyValues(ref reader, field, keyValues); break;
                case 6: createdBy = reader.ReadString(field); break;
                case 8: throw new CorruptDataException("it is encrypted (Parquet modular encryption), which is not supported: write it without encryption");
                default: reader.Skip(field); break;
            }
        }

        if (schema is null) throw new CorruptDataException("the footer has no schema");
        var sum = groups.Sum(g => g.Rows);
        if (rows != sum) throw new CorruptDataException($"the footer claims {rows} rows and its {groups.Count} row groups have {sum}");
        return new FileMetadata(rows, schema, groups, keyValues, createdBy);
    }

    private static List<SchemaElement> ReadSchema(ref CompactReader reader, CompactType type)
    {
        var count = reader.ReadListHeader(type, out var element);
        var elements = new List<SchemaElement>();
        for (var i = 0; i < count; i++)
        {
            CompactReader.ExpectStruct(element);
            elements.Add(SchemaElement.Read(ref reader));
        }

        return elements;
    }

    private static void ReadKeyValues(ref CompactReader reader, CompactType type, Dictionary<string, string> into)
    {
        var count = reader.ReadListHeader(type, out var element);
        for (var i = 0; i < count; i++)
        {
            CompactReader.ExpectStruct(element);
            var (key, value) = ("", "");
            short id = 0;
            while (reader.NextField(ref id, out var field))
            {
                switch (id)
                {
                    case 1: key = reader.ReadString(field); break;
                    case 2: value = reader.ReadString(field); break;
                    default: reader.Skip(field); break;
                }
            }

            into[key] = value;
        }
    }
}
