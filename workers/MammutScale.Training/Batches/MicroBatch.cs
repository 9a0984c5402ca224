using MammutScale.DataLoader;
using MammutScale.DataLoader.Pipeline;
using MammutScale.Model;
using MammutScale.Model.Configuration;
using MammutScale.Model.Losses;
using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Batches;

/// <summary>Consecutive samples of a batch as tensors; texts are cut after the longest of them where padding does not count.</summary>
/// <param name="Start">First sample in the batch.</param>
/// <param name="Count">Samples b.</param>
/// <param name="Images">[b, 3, H, W].</param>
/// <param name="Ids">[b, L].</param>
/// <param name="Valid">[b, L] bool.</param>
/// <param name="Targets">Labels of the captioning loss.</param>
internal sealed record MicroBatch(int Start, int Count, Tensor Images, Tensor Ids, Tensor Valid, CaptionTargets Targets)
{
    /// <param name="batch">On the host.</param>
    /// <param name="start">First sample.</param>
    /// <param name="count">Samples.</param>
    /// <param name="model">Says where the tensors go, in which type, and whether padding may be left out.</param>
    /// <param name="staging">Memory that a device copies from; null copies at once.</param>
    /// <exception cref="DataFormatException">The batch holds clips.</exception>
    public static MicroBatch Of(Batch batch, int start, int count, Mammut model, BatchStaging? staging = null)
    {
        if (batch.Frames > 1)
            throw new DataFormatException($"The batches hold clips of {batch.Frames} frames, and these steps encode pictures: give data.train and data.eval pictures, or set data.video.frames to 1.");
        var lengths = batch.Lengths.AsSpan(start, count);
        var length = Length(batch, lengths, model.Config.Text);
        var images = staging?.Stage(batch, start, count) ?? HostImages(batch, start, count);
        var ids = empty([count, length], dtype: ScalarType.Int64);
        var rows = TensorMemory.Longs(ids);
        for (var row = 0; row < count; row++)
            batch.Tokens.Span.Slice((start + row) * batch.ContextLength, length).CopyTo(rows[(row * length)..]);
        var valid = arange(length).unsqueeze(0).lt(tensor(lengths.ToArray(), ScalarType.Int64).unsqueeze(1));
        var targets = CaptionTargets.From(rows, lengths, length, model.Device);
        // first to the device, then to the type: the other way round the host would convert, into memory that it must wait for
        return new MicroBatch(start, count, images.to(model.Device, non_blocking: true).to(model.Dtype), ids.to(model.Device), valid.to(model.Device), targets);
    }

    /// <summary>Up to the longest text, unless the model counts padding: its results would change with the company a text is in.</summary>
    private static int Length(Batch batch, ReadOnlySpan<int> lengths, TextConfig text)
    {
        if (!text.IgnoresPadding) return batch.ContextLength;
        var longest = 2;
        foreach (var length in lengths) longest = Math.Max(longest, length);
        return longest;
    }

    private static Tensor HostImages(Batch batch, int start, int count)
    {
        var pixels = 3L * batch.ImageSize * batch.ImageSize;
        var images = empty([count, 3, batch.ImageSize, batch.ImageSize]);
        batch.Images.Span.Slice(checked((int)(start * pixels)), checked((int)(count * pixels))).CopyTo(TensorMemory.Floats(images, 0, count * pixels));
        return images;
    }
}
