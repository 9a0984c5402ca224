using System.Buffers.Binary;
using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.Storage;

namespace MammutScale.DataLoader.Parquet.Metadata;

/// <summary>Finds and reads the footer: one request for most files, two for large footers.</summary>
internal static class FooterReader
{
    private const int MagicLength = 4;
    private const int TailLength = 8; // footer length and magic
    private const int FirstGuess = 64 * 1024;

    public static async ValueTask<FileMetadata> ReadAsync(IBlobReader blob, CancellationToken cancellation)
    {
        var length = blob.Blob.Length;
        if (length < MagicLength + TailLength) throw new CorruptDataException($"it has {length} bytes and is no Parquet file");
        var tail = new byte[(int)Math.Min(length, FirstGuess)];
        var tailStart = length - tail.Length;
        await blob.ReadAsync(tailStart, tail, cancellation);
        var footerLength = Checked(tail, length);
        var dataEnd = length - TailLength - footerLength;
        if (dataEnd >= tailStart)
            return FileMetadata.Read(tail.AsSpan((int)(dataEnd - tailStart), footerLength), dataEnd);

        var footer = new byte[footerLength];
        await blob.ReadAsync(dataEnd, footer, cancellation);
        return FileMetadata.Read(footer, dataEnd);
    }

    private static int Checked(ReadOnlySpan<byte> tail, long fileLength)
    {
        var magic = tail[^MagicLength..];
        if (magic.SequenceEqual("PARE"u8)) throw new CorruptDataException("it is encrypted (Parquet modular encryption), which is not supported: write it without encryption");
        if (!magic.SequenceEqual("PAR1"u8)) throw new CorruptDataException("it does not end in 'PAR1': it is no Parquet file, or was cut off while being written or copied");
        var claimed = BinaryPrimitives.ReadInt32LittleEndian(tail[^TailLength..]);
        return claimed >= 0 && claimed <= fileLength - TailLength - MagicLength ? claimed
            : throw new CorruptDataException($"it claims a footer of {claimed} bytes in a file of {fileLength}");
    }
}
