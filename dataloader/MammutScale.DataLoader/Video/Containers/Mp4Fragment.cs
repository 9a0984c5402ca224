using System.Buffers.Binary;

namespace MammutScale.DataLoader.Video.Containers;

/// <summary>A part of a fragmented MP4 (ISO/IEC 14496-12, section 8.8).</summary>
internal static class Mp4Fragment
{
    /// <summary>Pictures of a track in one fragment.</summary>
    internal static long Pictures(ReadOnlySpan<byte> fragment, uint track)
    {
        long count = 0;
        uint wanted = Mp4Boxes.Name("traf"u8), run = Mp4Boxes.Name("trun"u8);
        var parts = new Mp4Boxes(fragment);
        while (parts.Next())
        {
            if (parts.Type != wanted) continue;
            var head = Mp4Boxes.Find(parts.Body, "tfhd"u8);
            if (head.Length < 8 || BinaryPrimitives.ReadUInt32BigEndian(head[4..]) != track) continue;
            var runs = new Mp4Boxes(parts.Body);
            while (runs.Next())
                if (runs.Type == run && runs.Body.Length >= 8) count += BinaryPrimitives.ReadUInt32BigEndian(runs.Body[4..]);
        }
        return count;
    }
}
