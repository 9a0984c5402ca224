using System.Buffers.Binary;

namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>Reads the RIFF container of a WebP file (RFC 9649).</summary>
internal static class WebPHeader
{
    private const byte AlphaFlag = 0x10, ExifFlag = 0x08;

    internal static bool TryRead(ReadOnlySpan<byte> file, out PictureHeader header)
    {
        header = new(PictureFormat.WebP, 0, 0, false, 1, false);
        if (file.Length < 30) return file.Length >= 20;
        long riff = 8L + BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        var kind = file.Slice(12, 4);
        var body = file[20..];
        if (kind.SequenceEqual("VP8X"u8))
            header = header with { Width = 1 + U24(body[4..]), Height = 1 + U24(body[7..]), MayHaveAlpha = (body[0] & AlphaFlag) != 0 };
        else if (kind.SequenceEqual("VP8L"u8))
        {
            if (body[0] != 0x2F) return false;
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
            header = header with { Width = 1 + (int)(bits & 0x3FFF), Height = 1 + (int)((bits >> 14) & 0x3FFF), MayHaveAlpha = ((bits >> 28) & 1) != 0 };
        }
        else if (kind.SequenceEqual("VP8 "u8))
        {
            if (!body[3..6].SequenceEqual((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])) return false;
            header = header with { Width = BinaryPrimitives.ReadUInt16LittleEndian(body[6..]) & 0x3FFF, Height = BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & 0x3FFF };
        }
        else return false;
        header = header with { Complete = riff <= file.Length + 1L };
        if (kind.SequenceEqual("VP8X"u8) && (body[0] & ExifFlag) != 0) header = header with { Orientation = FindOrientation(file) };
        return true;
    }

    private static int FindOrientation(ReadOnlySpan<byte> file)
    {
        for (long at = 12; at + 8 <= file.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
            if (file.Slice((int)at, 4).SequenceEqual("EXIF"u8)) return at + 8 + length <= file.Length ? ExifOrientation.Read(file.Slice((int)at + 8, (int)length)) : 1;
            at += 8 + length + (length & 1);
        }
        return 1;
    }

    private static int U24(ReadOnlySpan<byte> s) => s[0] | (s[1] << 8) | (s[2] << 16);
}
