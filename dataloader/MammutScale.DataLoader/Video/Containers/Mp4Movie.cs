using System.Buffers.Binary;
using System.Text;

namespace MammutScale.DataLoader.Video.Containers;

/// <summary>The index of an MP4: its first track of pictures (ISO/IEC 14496-12, sections 8.2 to 8.7).</summary>
internal static class Mp4Movie
{
    private const int EntryHead = 8, EntryWidth = 32, EntryHeight = 34;

    /// <param name="movie">The body of <c>moov</c>.</param>
    /// <param name="fileLength">Bytes of the file: samples lie before its end.</param>
    /// <param name="track">Number of the track that was found.</param>
    internal static ClipHeader Read(ReadOnlySpan<byte> movie, long fileLength, ClipHeader header, out uint track)
    {
        track = 0;
        var (scale, _) = Times(Mp4Boxes.Find(movie, "mvhd"u8));
        bool fragmented = !Mp4Boxes.Find(movie, "mvex"u8).IsEmpty;
        uint wanted = Mp4Boxes.Name("trak"u8);
        var tracks = new Mp4Boxes(movie);
        while (tracks.Next())
        {
            if (tracks.Type != wanted) continue;
            var media = Mp4Boxes.Find(tracks.Body, "mdia"u8);
            var handler = Mp4Boxes.Find(media, "hdlr"u8);
            if (handler.Length < 12 || !handler[8..12].SequenceEqual("vide"u8)) continue;
            return Track(tracks.Body, media, scale, fragmented, fileLength, header, out track);
        }
        return header with { Damaged = tracks.Damaged || tracks.Cut };
    }

    private static ClipHeader Track(ReadOnlySpan<byte> track, ReadOnlySpan<byte> media, uint movieScale, bool fragmented, long fileLength, ClipHeader header, out uint number)
    {
        var table = Mp4Boxes.Find(Mp4Boxes.Find(media, "minf"u8), "stbl"u8);
        header = WithEntry(header with { HasPictures = true }, Mp4Boxes.Find(table, "stsd"u8));
        (number, double shown) = TrackTimes(Mp4Boxes.Find(track, "tkhd"u8), movieScale);
        var (scale, length) = Times(Mp4Boxes.Find(media, "mdhd"u8));
        double stored = scale == 0 ? 0 : (double)length / scale;
        long? frames = Samples(Mp4Boxes.Find(table, "stsz"u8), Mp4Boxes.Find(table, "stz2"u8));
        var sync = Mp4Boxes.Find(table, "stss"u8);
        long keys = sync.Length >= 8 ? BinaryPrimitives.ReadUInt32BigEndian(sync[4..]) : frames ?? 0;
        // an edit list that shows a part only
        if (shown > 0 && shown < stored && frames > 0) (frames, stored) = (Math.Max(1, (long)Math.Round(frames.Value * shown / stored)), shown);
        return header with
        {
            Seconds = fragmented ? 0 : stored,
            Frames = frames,
            KeyFrames = fragmented ? 0 : keys,
            Complete = header.Complete && LastChunk(table) < fileLength,
        };
    }

    private static ClipHeader WithEntry(ClipHeader header, ReadOnlySpan<byte> descriptions)
    {
        var entry = descriptions.Length > EntryHead ? descriptions[EntryHead..] : default;
        if (entry.Length < EntryHeight + 2) return header with { Damaged = true };
        return header with
        {
            Codec = Encoding.ASCII.GetString(entry[4..8]),
            Width = BinaryPrimitives.ReadUInt16BigEndian(entry[EntryWidth..]),
            Height = BinaryPrimitives.ReadUInt16BigEndian(entry[EntryHeight..]),
        };
    }

    /// <summary>Where the last chunk begins.</summary>
    private static long LastChunk(ReadOnlySpan<byte> table)
    {
        var wide = Mp4Boxes.Find(table, "co64"u8);
        var narrow = Mp4Boxes.Find(table, "stco"u8);
        return wide.Length >= 16 ? BinaryPrimitives.ReadInt64BigEndian(wide[^8..]) : narrow.Length >= 12 ? BinaryPrimitives.ReadUInt32BigEndian(narrow[^4..]) : 0;
    }

    private static long? Samples(ReadOnlySpan<byte> sizes, ReadOnlySpan<byte> compact)
    {
        var box = sizes.IsEmpty ? compact : sizes;
        return box.Length >= 12 ? BinaryPrimitives.ReadUInt32BigEndian(box[8..]) : null;
    }

    /// <summary>Units a second and length of a <c>mvhd</c> or <c>mdhd</c>; zeros when it is missing or does not say.</summary>
    private static (uint Scale, ulong Length) Times(ReadOnlySpan<byte> box)
    {
        bool wide = box.Length >= 32 && box[0] == 1;
        if (!wide && box.Length < 20) return default;
        uint scale = BinaryPrimitives.ReadUInt32BigEndian(box[(wide ? 20 : 12)..]);
        ulong length = wide ? BinaryPrimitives.ReadUInt64BigEndian(box[24..]) : BinaryPrimitives.ReadUInt32BigEndian(box[16..]);
        return (scale, length is ulong.MaxValue or uint.MaxValue ? 0 : length);
    }

    /// <summary>Number of a track, and the seconds for which it is shown.</summary>
    private static (uint Number, double Seconds) TrackTimes(ReadOnlySpan<byte> box, uint scale)
    {
        bool wide = box.Length >= 36 && box[0] == 1;
        if (!wide && box.Length < 24) return default;
        uint number = BinaryPrimitives.ReadUInt32BigEndian(box[(wide ? 20 : 12)..]);
        ulong length = wide ? BinaryPrimitives.ReadUInt64BigEndian(box[28..]) : BinaryPrimitives.ReadUInt32BigEndian(box[20..]);
        return (number, scale == 0 || length is ulong.MaxValue or uint.MaxValue ? 0 : (double)length / scale);
    }
}
