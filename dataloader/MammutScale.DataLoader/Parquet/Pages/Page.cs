using System.IO.Hashing;
using MammutScale.DataLoader.Parquet.Compression;
using MammutScale.DataLoader.Parquet.Encodings;
using MammutScale.DataLoader.Parquet.Faults;
using MammutScale.DataLoader.Parquet.Metadata;

namespace MammutScale.DataLoader.Parquet.Pages;

/// <summary>A page as it lies in the file, its bytes in a pooled buffer.</summary>
internal readonly record struct Page(PageHeader Header, ByteValue Body)
{
    private const int MaxUnpacked = 1 << 30;

    public void VerifyChecksum()
    {
        if (Header.Checksum is not { } expected) return;
        var found = Crc32.HashToUInt32(Body.Span);
        if (found != expected) throw new CorruptDataException($"the checksum of a page is {found:x8} where its header says {expected:x8}: the file was damaged after it was written");
    }

    /// <summary>The same page with its bytes in memory of another owner.</summary>
    public Page CopyTo(BufferBag buffers)
    {
        var copy = buffers.Rent(Body.Length);
        Body.Span.CopyTo(copy);
        return this with { Body = new ByteValue(copy, 0, Body.Length) };
    }

    /// <summary>Everything after decompression; the page itself when there is nothing to unpack.</summary>
    public ByteValue Unpack(CompressionCodec codec, int skip, BufferBag buffers)
    {
        var claimed = Header.Unpacked - skip;
        var packed = new ByteValue(Body.Buffer, Body.Offset + skip, Body.Length - skip);
        if (claimed < 0) throw new CorruptDataException($"a page claims {Header.Unpacked} bytes unpacked with {skip} bytes of levels");
        if (codec == CompressionCodec.Uncompressed || !Header.Compressed)
        {
            if (claimed != packed.Length) throw new CorruptDataException($"an uncompressed page of {packed.Length} bytes claims {claimed}");
            return packed;
        }

        if (claimed > MaxUnpacked) throw new CorruptDataException($"a page claims {claimed} bytes unpacked, more than the {MaxUnpacked} that are allowed");
        Codecs.CheckClaim(codec, packed.Length, claimed);
        var target = buffers.Rent(claimed);
        Codecs.Decompress(codec, packed.Span, target.AsSpan(0, claimed));
        return new ByteValue(target, 0, claimed);
    }
}
