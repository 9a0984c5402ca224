namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>How a leaf's values are stored; numbers of the format's specification.</summary>
public enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Int96 = 3,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLengthByteArray = 7,
}

/// <summary>Whole-page compression.</summary>
public enum CompressionCodec
{
    Uncompressed = 0,
    Snappy = 1,
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,

    /// <summary>The old, undocumented one: Hadoop's framing of LZ4 blocks, or a bare block.</summary>
    Lz4Hadoop = 5,
    Zstd = 6,
    Lz4Raw = 7,
}

/// <summary>How a page lays out its values.</summary>
internal enum ValueEncoding
{
    Plain = 0,
    PlainDictionary = 2,
    RunLength = 3,
    BitPacked = 4,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RunLengthDictionary = 8,
    ByteStreamSplit = 9,
}

/// <summary>Whether a field may be missing or come several times.</summary>
internal enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

/// <summary>What a leaf's values mean to a reader.</summary>
public enum LeafKind
{
    /// <summary>Bytes without a stated meaning: pictures, but also text of writers that state nothing.</summary>
    Bytes,

    /// <summary>UTF-8 (string, enum or JSON).</summary>
    Text,
    Boolean,
    Integer,
    Floating,
    Decimal,

    /// <summary>Date, time or timestamp, as the stored integer.</summary>
    Temporal,

    /// <summary>Arrow's null type: no value is ever there.</summary>
    Null,
}
