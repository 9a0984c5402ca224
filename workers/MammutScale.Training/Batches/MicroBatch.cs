using MammutScale.DataLoader;
using MammutScale.DataLoader.Pipeline;
using MammutScale.Model.Losses;
using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Batches;

/// <summary>Consecutive samples of a batch as tensors; texts are cut after the longest of them.</summary>
/// <param name="Start">First sample in the batch.</param>
/// <param name="Count">Samples b.</param>
/// <param name="Images">[b, 3, H, W].</param>
/// <param name="Ids">[b, L].</param>
/// <param name="Valid">[b, L] bool.</param>
/// <param name="Targets">Labels of the captioning loss.</param>
internal sealed record MicroBatch(int Start, int Count, Tensor Images, Tensor Ids, Tensor Valid, CaptionTargets Targets)
{
    /// <exception cref="DataFormatException">The batch holds clips.</exception>
    public static MicroBatch Of(Batch batch, int start, int count, ScalarType dtype, Device device)
    {
        if (batch.Frames > 1)
            throw new DataFormatException($"The batches hold clips of {batch.Frames} frames, and these steps encode pictures: give data.train and data.eval pictures, or set data.video.frames to 1.");
        var lengths = batch.Lengths.AsSpan(start, count);
        var longest = 2;
        foreach (var length in lengths) longest = Math.Max(longest, length);
        long pixels = 3L * batch.ImageSize * batch.ImageSize;
        var images = empty([count, 3, batch.ImageSize, batch.ImageSize]);
        batch.Images.Span.Slice(checked((int)(start * pixels)), checked((int)(count * pixels))).CopyTo(HostMemory.Floats(images, 0, count * pixels));
        var ids = empty([count, longest], dtype: ScalarType.Int64);
        var rows = HostMemory.Longs(ids);
        for (var row = 0; row < count; row++)
            batch.Tokens.Span.Slice((start + row) * batch.ContextLength, longest).CopyTo(rows[(row * longest)..]);
        var valid = arange(longest).unsqueeze(0).lt(tensor(lengths.ToArray(), ScalarType.Int64).unsqueeze(1));
        var targets = CaptionTargets.From(rows, lengths, longest, device);
        return new MicroBatch(start, count, images.to(dtype, device), ids.to(device), valid.to(device), targets);
    }
}
