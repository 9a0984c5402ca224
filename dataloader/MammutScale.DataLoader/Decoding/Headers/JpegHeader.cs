using System.Buffers.Binary;

namespace MammutScale.DataLoader.Decoding.Headers;

/// <summary>Walks the marker segments of a JPEG (ITU-T T.81, annex B) up to the first scan, then looks for the end marker.</summary>
internal static class JpegHeader
{
    private const byte EndOfImage = 0xD9, StartOfScan = 0xDA, App1 = 0xE1, Fill = 0xFF;

    internal static ReadOnlySpan<byte> Magic => [0xFF, 0xD8, 0xFF];

    internal static bool TryRead(ReadOnlySpan<byte> file, out PictureHeader header)
    {
        header = new(PictureFormat.Jpeg, 0, 0, false, 1, false);
        int at = 2;
        while (at + 4 <= file.Length)
        {
            if (file[at] != Fill) return false;
            byte marker = file[at + 1];
            if (marker == Fill) { at++; continue; }
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2) return false;
            var segment = file[(at + 4)..Math.Min(file.Length, at + 2 + length)];
            if (IsStartOfFrame(marker))
            {
                if (segment.Length < 6) return true;
                header = header with { Height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), Width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]) };
            }
            else if (marker == App1 && segment.StartsWith("Exif\0\0"u8)) header = header with { Orientation = ExifOrientation.Read(segment) };
            else if (marker == StartOfScan)
            {
                header = header with { Complete = HasEnd(file[(at + 2)..]) };
                return header.Width > 0;
            }
            else if (marker == EndOfImage) return false;
            at += 2 + length;
        }
        // The bytes stop within the tables: a cut file, unless not even a frame began.
        return true;
    }

    /// <summary>SOF0 … SOF15 without the three codes in that range that mean other things.</summary>
    private static bool IsStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>Entropy-coded data never contains FF D9, so the last such pair after the first scan is the end marker.</summary>
    private static bool HasEnd(ReadOnlySpan<byte> scans) => scans.LastIndexOf([Fill, EndOfImage]) >= 0;
}
