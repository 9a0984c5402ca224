namespace MammutScale.DataLoader.Video.Containers;

/// <summary>Reads the elements of a Matroska or WebM file (RFC 9559), live recordings of unknown length included.</summary>
internal static class MatroskaHeader
{
    private const uint Ebml = 0x1A45DFA3, Segment = 0x18538067, Info = 0x1549A966, Tracks = 0x1654AE6B, Cluster = 0x1F43B675;
    private const uint TimestampScale = 0x2AD7B1, Duration = 0x4489;
    private const double NanosecondsASecond = 1e9;

    internal static bool IsMatroska(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]);

    internal static ClipHeader Read(ReadOnlySpan<byte> file)
    {
        var header = new ClipHeader { Format = ClipFormat.Matroska, Complete = true };
        var blocks = new MatroskaBlocks();
        double scale = 1_000_000, duration = 0;
        bool tracks = false;
        var outer = new EbmlElements(file);
        while (outer.Next())
        {
            if (outer.Id == Ebml) continue;
            // The children of a segment of unknown length come as its siblings.
            var elements = new EbmlElements(outer.Id == Segment ? outer.Body : default);
            if (outer.Id != Segment) Child(outer.Id, outer.Body, ref header);
            while (elements.Next()) Child(elements.Id, elements.Body, ref header);
            header = header with { Complete = header.Complete && !elements.Cut, Damaged = header.Damaged || elements.Damaged };
        }

        void Child(uint id, ReadOnlySpan<byte> body, ref ClipHeader found)
        {
            if (id == Info)
            {
                var parts = new EbmlElements(body);
                while (parts.Next())
                {
                    if (parts.Id == TimestampScale) scale = Math.Max(1, EbmlElements.Unsigned(parts.Body));
                    else if (parts.Id == Duration) duration = EbmlElements.Float(parts.Body);
                }
            }
            else if (id == Tracks)
            {
                tracks = true;
                found = MatroskaTrack.Read(body, found, out ulong number);
                blocks.Track = number;
            }
            else if (id == Cluster) blocks.AddCluster(body);
            else blocks.Add(id, body);
        }

        double unit = scale / NanosecondsASecond;
        header = header with
        {
            Complete = header.Complete && !outer.Cut && !blocks.Cut && tracks && (duration <= 0 || blocks.Reach(duration)),
            Damaged = header.Damaged || outer.Damaged || blocks.Damaged,
        };
        return header.HasPictures ? header with { Frames = blocks.Pictures, KeyFrames = blocks.KeyPictures, Seconds = blocks.Shown * unit } : header;
    }
}
