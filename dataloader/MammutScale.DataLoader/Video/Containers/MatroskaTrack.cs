using System.Text;

namespace MammutScale.DataLoader.Video.Containers;

/// <summary>The first track of pictures in a list of tracks (RFC 9559, section 5.1.4).</summary>
internal static class MatroskaTrack
{
    private const uint Entry = 0xAE, Number = 0xD7, Kind = 0x83, Codec = 0x86, Pictures = 0xE0, Width = 0xB0, Height = 0xBA;
    private const ulong OfPictures = 1;

    internal static ClipHeader Read(ReadOnlySpan<byte> tracks, ClipHeader header, out ulong number)
    {
        number = 0;
        var entries = new EbmlElements(tracks);
        while (entries.Next())
        {
            if (entries.Id != Entry) continue;
            var found = One(entries.Body, header, out ulong kind, out number);
            if (kind == OfPictures) return found;
        }
        return header;
    }

    private static ClipHeader One(ReadOnlySpan<byte> entry, ClipHeader header, out ulong kind, out ulong number)
    {
        (kind, number) = (0, 0);
        header = header with { HasPictures = true };
        var parts = new EbmlElements(entry);
        while (parts.Next())
        {
            if (parts.Id == Kind) kind = EbmlElements.Unsigned(parts.Body);
            else if (parts.Id == Number) number = EbmlElements.Unsigned(parts.Body);
            else if (parts.Id == Codec) header = header with { Codec = Encoding.ASCII.GetString(parts.Body[..Math.Min(32, parts.Body.Length)]).TrimEnd('\0') };
            else if (parts.Id == Pictures)
            {
                var sizes = new EbmlElements(parts.Body);
                while (sizes.Next())
                {
                    int side = (int)Math.Min(int.MaxValue, EbmlElements.Unsigned(sizes.Body));
                    if (sizes.Id == Width) header = header with { Width = side };
                    else if (sizes.Id == Height) header = header with { Height = side };
                }
            }
        }
        return header;
    }
}
