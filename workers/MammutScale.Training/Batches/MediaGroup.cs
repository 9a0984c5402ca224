using MammutScale.Model;
using MammutScale.Model.Tubes;
using MammutScale.Model.Vision;
using static TorchSharp.torch;

namespace MammutScale.Training.Batches;

/// <summary>Samples of a micro-batch that have equally many frames: they go through the encoder together.</summary>
/// <param name="Rows">Where they stand in the batch.</param>
/// <param name="Frames">T.</param>
/// <param name="Media">Pictures [n, 3, H, W] for one frame, else clips [n, T, 3, H, W].</param>
internal sealed record MediaGroup(int[] Rows, int Frames, Tensor Media)
{
    /// <summary>Pictures go through the image encoder exactly as without any clips; a clip's tokens are more, of its patches and tubes.</summary>
    /// <param name="model">Encodes pictures.</param>
    /// <param name="video">Encodes clips with the model's encoder; null in a run of pictures.</param>
    /// <param name="boxes">Crops of the positions of pictures, by place in <see cref="Rows"/>; clips have the whole grid.</param>
    public ImageEncoding Encode(Mammut model, VideoEncoder? video, IReadOnlyList<PositionBox>? boxes = null)
    {
        if (Frames == 1) return model.EncodeImage(Media, boxes);
        var clips = (video ?? throw new InvalidOperationException($"A clip of {Frames} frames came to a model without video tubes.")).EncodeVideo(Media);
        return new ImageEncoding(clips.Features, clips.Tokens);
    }
}
