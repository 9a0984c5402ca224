namespace MammutScale.DataLoader.Parquet.Encodings;

/// <summary>A value that lies in somebody's buffer.</summary>
internal readonly record struct ByteValue(byte[] Buffer, int Offset, int Length)
{
    public ReadOnlySpan<byte> Span => Buffer.AsSpan(Offset, Length);

    public ReadOnlyMemory<byte> Memory => new(Buffer, Offset, Length);
}
