using MammutScale.DataLoader.Pipeline;
using MammutScale.Training.Devices;
using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Batches;

/// <summary>
/// A batch's pictures in memory that a device copies from while the host goes on. Every sample has its own place until the next
/// batch, so nothing is overwritten under way: a step does not end before the device is done with it.
/// </summary>
internal sealed class BatchStaging(TrainingDevice device) : IDisposable
{
    private Tensor? _memory;

    /// <summary>The pictures of some samples, [count, 3, H, W] float32 on the host; valid until the next batch.</summary>
    public Tensor Stage(Batch batch, int start, int count)
    {
        var pixels = 3L * batch.ImageSize * batch.ImageSize;
        if (_memory is null || _memory.numel() < batch.Count * pixels)
        {
            _memory?.Dispose();
            _memory = device.HostBuffer(batch.Count * pixels);
        }

        for (var i = start; i < start + count; i++)
            batch.Images.Span.Slice(checked((int)(i * pixels)), (int)pixels).CopyTo(TensorMemory.Floats(_memory, i * pixels, pixels));
        return _memory.narrow(0, start * pixels, count * pixels).view(count, 3, batch.ImageSize, batch.ImageSize);
    }

    public void Dispose() => _memory?.Dispose();
}
