using MammutScale.DataLoader.Decoding.Pixels;
using MammutScale.DataLoader.Decoding.Views;
using OpenCvSharp;

namespace MammutScale.DataLoader.Decoding;

/// <summary>
/// Shows a part of 8-bit pixels on a square canvas of normalised float planes [3, S, S]: what pictures and frames of clips have in
/// common. Keeps its scratch: one for every decoding thread.
/// </summary>
internal sealed class PictureCanvas
{
    private readonly PictureOptions _options;
    private readonly Resampler _resampler = new();
    private readonly PlaneScale _normal, _scale;

    static PictureCanvas()
    {
        // We bring our own threads, and report bad pictures ourselves.
        Cv2.SetNumThreads(1);
        Cv2.SetLogLevel(LogLevel.SILENT);
    }

    internal PictureCanvas(PictureOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Size, 1);
        _options = options;
        var normalisation = options.Normalisation;
        // With a colour change to come, planes hold plain pixel values until it is done.
        _normal = new(normalisation.Of(0), normalisation.Of(1), normalisation.Of(2));
        _scale = options.Colour is null ? _normal : PlaneScale.None;
        Ground = new(options.Background.Blue, options.Background.Green, options.Background.Red);
    }

    /// <summary>What lies behind transparent pixels and beside the picture.</summary>
    internal Ground Ground { get; }

    /// <summary>The part that is shown of an upright picture.</summary>
    internal PictureView ViewOf(int width, int height, ulong sampleKey) => _options.View.For(width, height, _options.Size, sampleKey);

    /// <param name="picture">8-bit BGR, upright, decoded at 1/<paramref name="reduction"/> of its size.</param>
    /// <param name="view">In pixels of the whole size.</param>
    /// <param name="sampleKey">Decides the colours.</param>
    /// <param name="planes">3 × S × S floats.</param>
    internal unsafe void Show(Mat picture, PictureView view, int reduction, ulong sampleKey, Span<float> planes)
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
        if (_options.Colour is { } colour) ColourPlanes.Apply(planes, planeSize, colour.For(sampleKey), _normal);
    }

    private void Fill(Span<float> planes, int planeSize)
    {
        planes[..planeSize].Fill((Ground.Red * _scale.Red.Factor) + _scale.Red.Summand);
        planes.Slice(planeSize, planeSize).Fill((Ground.Green * _scale.Green.Factor) + _scale.Green.Summand);
        planes[(2 * planeSize)..].Fill((Ground.Blue * _scale.Blue.Factor) + _scale.Blue.Summand);
    }
}
