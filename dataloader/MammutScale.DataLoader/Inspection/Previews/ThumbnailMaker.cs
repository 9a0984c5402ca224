using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using OpenCvSharp;

namespace MammutScale.DataLoader.Inspection.Previews;

/// <summary>Small JPEGs of whole pictures, made by the decoder that training uses. Not thread-safe.</summary>
internal sealed class ThumbnailMaker
{
    private const int Side = 192;
    private const int Quality = 80;

    private readonly PictureDecoder _decoder = new(new PictureOptions { Size = Side, View = new WholePicture(), Normalisation = Normalisation.ZeroToOne });
    private readonly float[] _planes = new float[3 * Side * Side];

    /// <summary>Null for a picture that cannot be decoded.</summary>
    public (byte[]? Jpeg, DecodeResult Result) Make(ReadOnlySpan<byte> encoded)
    {
        var result = _decoder.Decode(encoded, 0, _planes);
        return (result.Ok ? Encode() : null, result);
    }

    private byte[] Encode()
    {
        var pixels = new byte[3 * Side * Side];
        for (var i = 0; i < Side * Side; i++)
            for (var plane = 0; plane < 3; plane++)
                pixels[(3 * i) + 2 - plane] = (byte)Math.Clamp(Math.Round(_planes[(plane * Side * Side) + i] * 255), 0, 255);
        using var picture = Mat.FromPixelData(Side, Side, MatType.CV_8UC3, pixels);
        Cv2.ImEncode(".jpg", picture, out var jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, Quality));
        return jpeg;
    }
}
