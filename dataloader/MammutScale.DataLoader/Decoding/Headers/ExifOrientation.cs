using System.Buffers.Binary;

namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>Finds tag 0x0112 in a TIFF structure (EXIF 2.3, section 4.6).</summary>
internal static class ExifOrientation
{
    private const int OrientationTag = 0x0112;

    /// <summary>1 … 8, and 1 for anything that is missing or damaged: a bad tag does not make a bad picture.</summary>
    internal static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.StartsWith("Exif\0\0"u8)) tiff = tiff[6..];
        if (tiff.Length < 8) return 1;
        bool little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return 1;
        long directory = U32(tiff[4..], little);
        if (directory < 8 || directory + 2 > tiff.Length) return 1;
        int entries = U16(tiff[(int)directory..], little);
        for (int i = 0; i < entries; i++)
        {
            long at = directory + 2 + (12L * i);
            if (at + 12 > tiff.Length) return 1;
            var entry = tiff[(int)at..];
            if (U16(entry, little) != OrientationTag) continue;
            int value = U16(entry[8..], little);
            return value is >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    private static int U16(ReadOnlySpan<byte> s, bool little) => little ? BinaryPrimitives.ReadUInt16LittleEndian(s) : BinaryPrimitives.ReadUInt16BigEndian(s);

    private static long U32(ReadOnlySpan<byte> s, bool little) => little ? BinaryPrimitives.ReadUInt32LittleEndian(s) : BinaryPrimitives.ReadUInt32BigEndian(s);
}
