using MammutScale.DataLoader.Decoding.Headers;
using MammutScale.DataLoader.Decoding.Pixels;
using MammutScale.DataLoader.Decoding.Scans;
using OpenCvSharp;

namespace MammutScale.DataLoader.Decoding;

/// <summary>
/// Encoded picture in, normalised float planes [3, S, S] out, written straight into the caller's memory. Keeps its scratch:
/// one for every decoding thread.
/// </summary>
public sealed class PictureDecoder(PictureOptions options)
{
    private readonly PictureCanvas _canvas = new(options);
    private readonly JpegScanCheck _scans = new();

    /// <summary>Decodes one picture.</summary>
    /// <param name="encoded">The bytes of the file.</param>
    /// <param name="sampleKey">Key of (seed, epoch, sample): decides the view and the colours.</param>
    /// <param name="planes">3 × S × S floats, planes R, G, B. Undefined after a fault.</param>
    public DecodeResult Decode(ReadOnlySpan<byte> encoded, ulong sampleKey, Span<float> planes)
    {
        if (planes.Length != options.FloatsPerPicture)
            throw new ArgumentException($"the picture needs {options.FloatsPerPicture} floats, the span has {planes.Length}", nameof(planes));
        var fault = Check(encoded, out var header);
        if (fault == DecodeFault.None && header.Format == PictureFormat.Jpeg) fault = OfScans(_scans.Check(encoded));
        if (fault == DecodeFault.None) fault = DecodePixels(encoded, header, sampleKey, planes);
        return new(fault, header.Format, header.Width, header.Height);
    }

    private DecodeFault Check(ReadOnlySpan<byte> encoded, out PictureHeader header)
    {
        header = default;
        if (encoded.IsEmpty) return DecodeFault.Empty;
        if (!HeaderReader.TryRead(encoded, out header)) return header.Format == PictureFormat.Unknown ? DecodeFault.NotAPicture : DecodeFault.BadHeader;
        if (!header.Complete && header.Width == 0) return DecodeFault.Truncated;
        var size = options.Limits.Check(header);
        return size != DecodeFault.None ? size : header.Complete ? DecodeFault.None : DecodeFault.Truncated;
    }

    private DecodeFault DecodePixels(ReadOnlySpan<byte> encoded, PictureHeader header, ulong sampleKey, Span<float> planes)
    {
        var view = _canvas.ViewOf(header.ShownWidth, header.ShownHeight, sampleKey);
        int reduction = JpegReduction.For(header, view);
        Mat picture;
        try
        {
            picture = Cv2.ImDecode(encoded, header.MayHaveAlpha ? ImreadModes.Unchanged : JpegReduction.Mode(reduction));
        }
        catch (OpenCVException)
        {
            return DecodeFault.Corrupt;
        }
        using (picture)
        {
            if (picture.Empty()) return DecodeFault.Corrupt;
            if (picture.Width != Reduced(header.Width, reduction) || picture.Height != Reduced(header.Height, reduction)) return DecodeFault.Corrupt;
            if (header.Orientation != 1) Uprighting.Turn(picture, header.Orientation);
            if (!EightBitColour.Make(picture, _canvas.Ground)) return DecodeFault.Corrupt;
            _canvas.Show(picture, view, reduction, sampleKey, planes);
        }
        return DecodeFault.None;
    }

    private static DecodeFault OfScans(ScanState state) => state switch
    {
        ScanState.Whole => DecodeFault.None,
        ScanState.Cut => DecodeFault.Truncated,
        _ => DecodeFault.Corrupt,
    };

    private static int Reduced(int side, int reduction) => (side + reduction - 1) / reduction;
}
