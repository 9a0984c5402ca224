using System.Runtime.Intrinsics;
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
    private readonly Vector128<float> _factor, _summand;

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
        var (red, green, blue) = (options.Normalisation.Of(0), options.Normalisation.Of(1), options.Normalisation.Of(2));
        // With a colour change to come, planes hold plain pixel values until it is done.
        bool plain = options.Colour is not null;
        _factor = plain ? Vector128<float>.One : Vector128.Create(blue.Factor, green.Factor, red.Factor, 0);
        _summand = plain ? Vector128<float>.Zero : Vector128.Create(blue.Summand, green.Summand, red.Summand, 0);
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
                ColourPlanes.Apply(planes, planes.Length / 3, colour.For(sampleKey), _options.Normalisation);
        }
        return new(fault, header.Format, header.Width, header.Height);
    }

    private DecodeFault Check(ReadOnlySpan<byte> encoded, out PictureHeader header)
    {
        header = default;
        if (encoded.IsEmpty) return DecodeFault.Empty;
        if (!PictureHeader.TryRead(encoded, out header)) return header.Format == PictureFormat.Unknown ? DecodeFault.NotAPicture : DecodeFault.BadHeader;
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
            if (!EightBitColour.Make(picture, _options.Background)) return DecodeFault.Corrupt;
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
        var bytes = new ReadOnlySpan<byte>((void*)picture.DataPointer, stride * (picture.Height - 1) + (picture.Width * 3));
        double scale = 1.0 / reduction;
        var part = new SourcePart(view.X * scale, view.Y * scale, view.Width * scale, view.Height * scale);
        _resampler.Run(bytes, picture.Width, picture.Height, stride, part, new PlaneTarget
        {
            Planes = planes,
            PlaneSize = planeSize,
            Offset = (area.Y * size) + area.X,
            Stride = size,
            Width = area.Width,
            Height = area.Height,
            Mirrored = view.Mirrored,
            Factor = _factor,
            Summand = _summand,
        });
    }

    private void Fill(Span<float> planes, int planeSize)
    {
        var b = _options.Background;
        planes[..planeSize].Fill((b.Red * _factor[2]) + _summand[2]);
        planes.Slice(planeSize, planeSize).Fill((b.Green * _factor[1]) + _summand[1]);
        planes[(2 * planeSize)..].Fill((b.Blue * _factor[0]) + _summand[0]);
    }

    private static int Reduced(int side, int reduction) => (side + reduction - 1) / reduction;
}
