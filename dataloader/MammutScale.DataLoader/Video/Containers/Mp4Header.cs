using System.Buffers.Binary;

namespace MammutScale.DataLoader.Video.Containers;

/// <summary>Reads the boxes of an MP4 or QuickTime file (ISO/IEC 14496-12), fragmented or not.</summary>
internal static class Mp4Header
{
    private static readonly uint[] First = [.. new[] { "ftyp", "moov", "mdat", "wide", "free", "skip", "styp", "pnot" }.Select(n => Mp4Boxes.Name(System.Text.Encoding.ASCII.GetBytes(n)))];

    internal static bool IsMp4(ReadOnlySpan<byte> file) => file.Length >= 8 && First.Contains(BinaryPrimitives.ReadUInt32BigEndian(file[4..]));

    internal static ClipHeader Read(ReadOnlySpan<byte> file)
    {
        var header = new ClipHeader { Format = ClipFormat.Mp4, Complete = true };
        uint movie = Mp4Boxes.Name("moov"u8), fragment = Mp4Boxes.Name("moof"u8);
        bool known = false;
        long fragmented = 0;
        uint track = 0;
        var boxes = new Mp4Boxes(file);
        while (boxes.Next())
        {
            if (boxes.Type == movie && !known)
            {
                known = true;
                header = Mp4Movie.Read(boxes.Body, file.Length, header, out track);
            }
            else if (boxes.Type == fragment && header.HasPictures) fragmented += Mp4Fragment.Pictures(boxes.Body, track);
        }
        if (header.HasPictures) header = header with { Frames = (header.Frames ?? 0) + fragmented };
        // Without its index a file cannot be played: the recording or the download ended before it was written.
        return header with { Complete = header.Complete && !boxes.Cut && known, Damaged = header.Damaged || boxes.Damaged };
    }
}
