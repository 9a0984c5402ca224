using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;
using MammutScale.DataLoader.Video;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>Plays a clip to its end with the decoder that training uses.</summary>
internal sealed class ClipCheck : IMediaCheck
{
    private readonly ClipDecoder _decoder = new(new PictureOptions { Size = 32, View = new WholePicture() }, new ClipOptions { Frames = 1 });

    public string? Fault(ReadOnlyMemory<byte> media)
    {
        var result = _decoder.Watch(media.Span);
        return result.Ok ? null : result.Reason;
    }

    public void Dispose() => _decoder.Dispose();
}
