using System.Buffers.Binary;

namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>Walks the blocks of a GIF (GIF89a specification) up to the end of its first frame.</summary>
internal static class GifHeader
{
    private const byte Extension = 0x21, ImageDescriptor = 0x2C;

    internal static bool TryRead(ReadOnlySpan<byte> file, out PictureHeader header)
    {
        header = new(PictureFormat.Gif, 0, 0, true, 1, false);
        if (file.Length < 13) return false;
        header = header with { Width = BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), Height = BinaryPrimitives.ReadUInt16LittleEndian(file[8..]) };
        int at = 13 + TableBytes(file[10]);
        while (at + 2 <= file.Length)
        {
            if (file[at] == Extension) at = SkipSubBlocks(file, at + 2);
            else if (file[at] == ImageDescriptor)
            {
                if (at + 11 > file.Length) return true;
                int data = at + 10 + TableBytes(file[at + 9]) + 1;
                header = header with { Complete = SkipSubBlocks(file, data) <= file.Length };
                return true;
            }
            else return false;
        }
        return true;
    }

    private static int TableBytes(byte flags) => (flags & 0x80) != 0 ? 3 << ((flags & 7) + 1) : 0;

    /// <summary>The place after the empty block that ends a chain, or a place beyond the file when the chain is cut.</summary>
    private static int SkipSubBlocks(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length)
        {
            int length = file[at];
            at += 1 + length;
            if (length == 0) return at;
        }
        return file.Length + 1;
    }
}
