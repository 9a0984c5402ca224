using MammutScale.DataLoader.Decoding.Headers;
using MammutScale.DataLoader.Decoding.Pixels;
using MammutScale.DataLoader.Decoding.Views;
using OpenCvSharp;

namespace MammutScale.DataLoader.Decoding;

/// <summary>
/// Encoded picture in, normalised float planes [3, S, S] out, written straight into the caller's memory. Keeps its scratch:
/// one for every decoding thread.
/// </summary>
public sealed class PictureDecoder
{
    private readonly PictureOptions _options;
    private readonly Resampler _resampler = new();
    private readonly PlaneScale _normal, _scale;
    private readonly Ground _ground;

    static PictureDecoder()
    {
        // We bring our own threads, and report bad pictures ourselves.
        Cv2.SetNumThreads(1);
        Cv2.SetLogLevel(LogLevel.SILENT);
    }

    public PictureDecoder(PictureOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Size, 1);
        _options = options;
        var normalisation = options.Normalisation;
        // With a colour change to come, planes hold plain pixel values until it is done.
        _normal = new(normalisation.Of(0), normalisation.Of(1), normalisation.Of(2));
        _scale = options.Colour is null ? _normal : PlaneScale.None;
        _ground = new(options.Background.Blue, options.Background.Green, options.Background.Red);
    }

    /// <summary>Decodes one picture.</summary>
    /// <param name="encoded">The bytes of the file.</param>
    /// <param name="sampleKey">Key of (seed, epoch, sample): decides the view and the colours.</param>
    /// <param name="planes">3 × S × S floats, planes R, G, B. Undefined after a fault.</param>
    public DecodeResult Decode(ReadOnlySpan<byte> encoded, ulong sampleKey, Span<float> planes)
    {
        if (planes.Length != _options.FloatsPerPicture)
            throw new ArgumentException($"the picture needs {_options.FloatsPerPicture} floats, the span has {planes.Length}", nameof(planes));
        var fault = Check(encoded, out var header);
        if (fault == DecodeFault.None)
        {
            var view = _options.View.For(header.ShownWidth, header.ShownHeight, _options.Size, sampleKey);
            fault = DecodePixels(encoded, header, view, planes);
            if (fault == DecodeFault.None && _options.Colour is { } colour)
                ColourPlanes.Apply(planes, planes.Length / 3, colour.For(sampleKey), _normal);
        }
        return new(fault, header.Format, header.Width, header.Height);
    }

    private DecodeFault Check(ReadOnlySpan<byte> encoded, out PictureHeader header)
    {
        header = default;
        if (encoded.IsEmpty) return DecodeFault.Empty;
        if (!HeaderReader.TryRead(encoded, out header)) return header.Format == PictureFormat.Unknown ? DecodeFault.NotAPicture : DecodeFault.BadHeader;
        if (!header.Complete && header.Width == 0) return DecodeFault.Truncated;
        var size = _options.Limits.Check(header);
        return size != DecodeFault.None ? size : header.Complete ? DecodeFault.None : DecodeFault.Truncated;
    }

    private DecodeFault DecodePixels(ReadOnlySpan<byte> encoded, PictureHeader header, PictureView view, Span<float> planes)
    {
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
            if (!EightBitColour.Make(picture, _ground)) return DecodeFault.Corrupt;
            Show(picture, view, reduction, planes);
        }
        return DecodeFault.None;
    }

    private unsafe void Show(Mat picture, PictureView view, int reduction, Span<float> planes)
    {
        int size = _options.Size, planeSize = size * size;
        var area = view.Target;
        if (area != new TargetArea(0, 0, size, size)) Fill(planes, planeSize);
        int stride = (int)picture.Step();
        double scale = 1.0 / reduction;
        var part = new SourcePart(view.X * scale, view.Y * scale, view.Width * scale, view.Height * scale);
        _resampler.Run(picture.DataPointer, picture.Width, picture.Height, stride, part, new PlaneTarget
        {
            Planes = planes,
            PlaneSize = planeSize,
            Offset = (area.Y * size) + area.X,
            Stride = size,
            Width = area.Width,
            Height = area.Height,
            Mirrored = view.Mirrored,
            Scale = _scale,
        });
    }

    private void Fill(Span<float> planes, int planeSize)
    {
        planes[..planeSize].Fill((_ground.Red * _scale.Red.Factor) + _scale.Red.Summand);
        planes.Slice(planeSize, planeSize).Fill((_ground.Green * _scale.Green.Factor) + _scale.Green.Summand);
        planes[(2 * planeSize)..].Fill((_ground.Blue * _scale.Blue.Factor) + _scale.Blue.Summand);
    }

    private static int Reduced(int side, int reduction) => (side + reduction - 1) / reduction;
}
