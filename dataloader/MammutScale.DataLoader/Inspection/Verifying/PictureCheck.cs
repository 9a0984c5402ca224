using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>Decodes a picture whole, as training would, onto a small canvas.</summary>
internal sealed class PictureCheck : IMediaCheck
{
    private const int Side = 32;

    private readonly PictureDecoder _decoder = new(new PictureOptions { Size = Side, View = new WholePicture(), Normalisation = Normalisation.ZeroToOne });
    private readonly float[] _planes = new float[3 * Side * Side];

    public string? Fault(ReadOnlyMemory<byte> media)
    {
        var result = _decoder.Decode(media.Span, 0, _planes);
        return result.Ok ? null : result.Reason;
    }

    public void Dispose()
    {
    }
}
