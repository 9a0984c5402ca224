using MammutScale.DataLoader.Parquet.Encodings;
using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;
using MammutScale.DataLoader.Parquet.Values;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>Turns the pages of one column chunk into a column. Plain computation on the calling thread.</summary>
internal static class ChunkDecoder
{
    public static LeafColumn Decode(SchemaLeaf leaf, ColumnChunk chunk, IReadOnlyList<Page> pages, int rows, BufferBag buffers)
    {
        var levels = new LevelStore(leaf, checked((int)chunk.Values));
        switch (leaf.Type)
        {
            case PhysicalType.ByteArray or PhysicalType.FixedLengthByteArray:
                var bytes = Decode(new ByteValueReader(leaf, buffers.Rent), leaf, chunk, pages, levels, buffers);
                return new BytesColumn(leaf, levels.Finish(rows), bytes);
            case PhysicalType.Float or PhysicalType.Double:
                var doubles = Decode(new FloatingReader(leaf), leaf, chunk, pages, levels, buffers);
                return new FloatingColumn(leaf, levels.Finish(rows), doubles);
            default:
                var longs = Decode(new IntegerReader(leaf), leaf, chunk, pages, levels, buffers);
                return new IntegerColumn(leaf, levels.Finish(rows), longs);
        }
    }

    private static T[] Decode<T>(ValueReader<T> values, SchemaLeaf leaf, ColumnChunk chunk, IReadOnlyList<Page> pages, LevelStore levels, BufferBag buffers)
    {
        foreach (var page in pages) DecodePage(page, values, leaf, chunk.Codec, levels, buffers);
        return values.Values;
    }

    /// <summary>Appends what one page holds; its values lie in <paramref name="buffers"/> or in the page's own.</summary>
    public static void DecodePage<T>(Page page, ValueReader<T> values, SchemaLeaf leaf, CompressionCodec codec, LevelStore levels, BufferBag buffers)
    {
        page.VerifyChecksum();
        switch (page.Header.Type)
        {
            case PageType.Dictionary:
                values.ReadDictionary(page.Header, page.Unpack(codec, 0, buffers));
                break;
            case PageType.Data:
                DecodeV1(page, values, leaf, codec, levels, buffers);
                break;
            case PageType.DataV2:
                DecodeV2(page, values, leaf, codec, levels, buffers);
                break;
        }
    }

    private static void DecodeV1<T>(Page page, ValueReader<T> values, SchemaLeaf leaf, CompressionCodec codec, LevelStore levels, BufferBag buffers)
    {
        var header = page.Header;
        var body = page.Unpack(codec, 0, buffers);
        var source = new ByteSource(body.Span);
        Levels.ReadV1(ref source, header.RepetitionEncoding, leaf.MaxRepetition, levels.NextRepetitions(header.Values));
        Levels.ReadV1(ref source, header.DefinitionEncoding, leaf.MaxDefinition, levels.NextDefinitions(header.Values));
        var (present, _) = levels.Commit(header.Values);
        values.Read(header.Encoding, new ByteValue(body.Buffer, body.Offset + source.Position, source.Left), present);
    }

    private static void DecodeV2<T>(Page page, ValueReader<T> values, SchemaLeaf leaf, CompressionCodec codec, LevelStore levels, BufferBag buffers)
    {
        var header = page.Header;
        var skip = header.RepetitionBytes + header.DefinitionBytes;
        Levels.ReadV2(page.Body.Span[..header.RepetitionBytes], leaf.MaxRepetition, levels.NextRepetitions(header.Values));
        Levels.ReadV2(page.Body.Span[header.RepetitionBytes..skip], leaf.MaxDefinition, levels.NextDefinitions(header.Values));
        var (present, rows) = levels.Commit(header.Values);
        if (header.Rows >= 0 && rows != header.Rows) throw new CorruptDataException($"a page claims {header.Rows} rows and holds {rows}");
        if (leaf.MaxRepetition == 0 && header.Nulls >= 0 && header.Values - present != header.Nulls)
            throw new CorruptDataException($"a page claims {header.Nulls} missing values and holds {header.Values - present}");
        values.Read(header.Encoding, page.Unpack(codec, skip, buffers), present);
    }
}
