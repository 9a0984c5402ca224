using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Thrift;

namespace MammutScale.DataLoader.Parquet.Pages;

internal enum PageType
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}

/// <summary>What stands before a page's bytes.</summary>
/// <param name="Packed">Bytes that follow the header.</param>
/// <param name="Unpacked">Bytes after decompression, levels included.</param>
/// <param name="Checksum">CRC-32 of the packed bytes, when the writer noted it.</param>
/// <param name="Values">Level entries (data) or entries (dictionary).</param>
/// <param name="Rows">Version 2: rows; otherwise −1.</param>
/// <param name="Nulls">Version 2: missing values; otherwise −1.</param>
/// <param name="DefinitionBytes">Version 2: length of the definition levels.</param>
/// <param name="RepetitionBytes">Version 2: length of the repetition levels.</param>
/// <param name="Compressed">Version 2 may store a page uncompressed whatever the chunk's codec is.</param>
internal readonly record struct PageHeader(
    PageType Type, int Packed, int Unpacked, uint? Checksum, int Values, ValueEncoding Encoding, ValueEncoding DefinitionEncoding, ValueEncoding RepetitionEncoding,
    int Rows, int Nulls, int DefinitionBytes, int RepetitionBytes, bool Compressed)
{
    public static PageHeader Read(ReadOnlySpan<byte> data, out int headerLength)
    {
        var reader = new CompactReader(data);
        var header = new PageHeader { Packed = -1, Unpacked = -1, Values = -1, Rows = -1, Nulls = -1, Compressed = true, Type = (PageType)(-1) };
        var body = false;
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 1: header = header with { Type = (PageType)reader.ReadInt32(field) }; break;
                case 2: header = header with { Unpacked = reader.ReadInt32(field) }; break;
                case 3: header = header with { Packed = reader.ReadInt32(field) }; break;
                case 4: header = header with { Checksum = unchecked((uint)reader.ReadInt32(field)) }; break;
                case 5 or 7 or 8:
                    CompactReader.ExpectStruct(field);
                    header = id == 8 ? ReadV2(ref reader, header) : ReadV1(ref reader, header, id == 5);
                    body |= (id, header.Type) is (5, PageType.Data) or (7, PageType.Dictionary) or (8, PageType.DataV2);
                    break;
                default: reader.Skip(field); break;
            }
        }

        headerLength = reader.Position;
        if (header.Packed < 0 || header.Unpacked < 0) throw new CorruptDataException($"a page claims {header.Packed} bytes, {header.Unpacked} unpacked");
        var described = header.Type is not (PageType.Data or PageType.Dictionary or PageType.DataV2) || body;
        if (!described) throw new CorruptDataException($"a page of type {header.Type} does not describe itself");
        if (body && header.Values < 0) throw new CorruptDataException($"a page claims {header.Values} values");
        return header;
    }

    private static PageHeader ReadV1(ref CompactReader reader, PageHeader header, bool data)
    {
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 1: header = header with { Values = reader.ReadInt32(field) }; break;
                case 2: header = header with { Encoding = (ValueEncoding)reader.ReadInt32(field) }; break;
                case 3 when data: header = header with { DefinitionEncoding = (ValueEncoding)reader.ReadInt32(field) }; break;
                case 4 when data: header = header with { RepetitionEncoding = (ValueEncoding)reader.ReadInt32(field) }; break;
                default: reader.Skip(field); break;
            }
        }

        return header;
    }

    private static PageHeader ReadV2(ref CompactReader reader, PageHeader header)
    {
        short id = 0;
        while (reader.NextField(ref id, out var field))
        {
            switch (id)
            {
                case 1: header = header with { Values = reader.ReadInt32(field) }; break;
                case 2: header = header with { Nulls = reader.ReadInt32(field) }; break;
                case 3: header = header with { Rows = reader.ReadInt32(field) }; break;
                case 4: header = header with { Encoding = (ValueEncoding)reader.ReadInt32(field) }; break;
                case 5: header = header with { DefinitionBytes = reader.ReadInt32(field) }; break;
                case 6: header = header with { RepetitionBytes = reader.ReadInt32(field) }; break;
                case 7: header = header with { Compressed = CompactReader.ReadBool(field) }; break;
                default: reader.Skip(field); break;
            }
        }

        if (header.DefinitionBytes < 0 || header.RepetitionBytes < 0 || (long)header.DefinitionBytes + header.RepetitionBytes > Math.Max(0, header.Packed))
            throw new CorruptDataException($"a page of {header.Packed} bytes claims {header.DefinitionBytes} + {header.RepetitionBytes} bytes of levels");
        return header;
    }
}
