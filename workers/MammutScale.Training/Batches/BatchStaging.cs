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

    /// <summary>The media of samples with equally many frames, float32 on the host; valid until the next batch.</summary>
    /// <param name="batch">Whose.</param>
    /// <param name="rows">Which.</param>
    /// <param name="offset">Where they lie here, in frames; other samples lie elsewhere.</param>
    public Tensor Stage(Batch batch, int[] rows, long offset)
    {
        var pixels = 3L * batch.ImageSize * batch.ImageSize;
        var needed = batch.Count * batch.Frames * pixels;
        if (_memory is null || _memory.numel() < needed)
        {
            _memory?.Dispose();
            _memory = device.HostBuffer(needed);
        }

        Copy(batch, rows, _memory, offset * pixels);
        var shape = Shape(batch, rows);
        return _memory.narrow(0, offset * pixels, shape.Aggregate(1L, (a, b) => a * b)).view(shape);
    }

    /// <summary>Pictures [n, 3, H, W], clips [n, T, 3, H, W].</summary>
    public static long[] Shape(Batch batch, int[] rows) => batch.FrameCounts[rows[0]] == 1
        ? [rows.Length, 3, batch.ImageSize, batch.ImageSize]
        : [rows.Length, batch.FrameCounts[rows[0]], 3, batch.ImageSize, batch.ImageSize];

    /// <summary>Samples one after another into memory on the host, from an element on.</summary>
    public static void Copy(Batch batch, int[] rows, Tensor memory, long element)
    {
        foreach (var row in rows)
        {
            var media = batch.Media(row);
            media.CopyTo(TensorMemory.Floats(memory, element, media.Length));
            element += media.Length;
        }
    }

    public void Dispose() => _memory?.Dispose();
}
