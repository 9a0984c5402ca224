using System.Buffers.Binary;

namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>Walks the chunks of a PNG (W3C Portable Network Graphics, third edition) without inflating anything.</summary>
internal static class PngHeader
{
    private const int ChunkFrame = 12;

    internal static ReadOnlySpan<byte> Magic => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    internal static bool TryRead(ReadOnlySpan<byte> file, out PictureHeader header)
    {
        header = new(PictureFormat.Png, 0, 0, false, 1, false);
        int at = Magic.Length;
        bool first = true, data = false;
        while (at + 8 <= file.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            var kind = file.Slice(at + 4, 4);
            if (first && (!kind.SequenceEqual("IHDR"u8) || length != 13)) return false;
            first = false;
            if (length > int.MaxValue) return false;
            if (at + (long)ChunkFrame + length > file.Length) return true;
            var body = file.Slice(at + 8, (int)length);
            if (kind.SequenceEqual("IHDR"u8))
            {
                uint width = BinaryPrimitives.ReadUInt32BigEndian(body), height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
                if (width > int.MaxValue || height > int.MaxValue) return false;
                bool alpha = body[9] is 4 or 6;
                header = header with { Width = (int)width, Height = (int)height, MayHaveAlpha = alpha };
            }
            else if (kind.SequenceEqual("tRNS"u8)) header = header with { MayHaveAlpha = true };
            else if (kind.SequenceEqual("eXIf"u8)) header = header with { Orientation = ExifOrientation.Read(body) };
            else if (kind.SequenceEqual("IDAT"u8)) data = true;
            else if (kind.SequenceEqual("IEND"u8))
            {
                header = header with { Complete = data };
                return true;
            }
            at += ChunkFrame + (int)length;
        }
        return !first;
    }
}
