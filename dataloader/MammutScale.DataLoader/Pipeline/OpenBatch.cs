using System.Buffers;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>A batch in the making: its samples are taken one by one, in order, and finished in any order.</summary>
internal sealed class OpenBatch(long step, PlannedSample[] planned, IMemoryOwner<float> images, IMemoryOwner<long> tokens)
{
    private readonly SampleId[] _samples = new SampleId[planned.Length];
    private readonly int[] _lengths = new int[planned.Length];
    private readonly int[] _frames = new int[planned.Length];
    private int _taken, _finished;

    internal long Step => step;

    internal int Untaken => planned.Length - _taken;

    internal bool IsFinished => Volatile.Read(ref _finished) == planned.Length;

    internal PlannedSample Planned(int index) => planned[index];

    internal Span<float> Planes(int index, int floats) => images.Memory.Span.Slice(index * floats, floats);

    internal Span<long> Ids(int index, int context) => tokens.Memory.Span.Slice(index * context, context);

    /// <summary>The next sample that nobody has taken. The caller holds the pipeline's lock.</summary>
    internal int Take() => _taken++;

    /// <returns>True for the sample that completes the batch.</returns>
    internal bool Finish(int index, SampleId sample, int length, int frames)
    {
        (_samples[index], _lengths[index], _frames[index]) = (sample, length, frames);
        return Interlocked.Increment(ref _finished) == planned.Length;
    }

    internal Batch Close(LoaderOptions options) =>
        new(step, planned.Length, options.Picture.Size, options.ContextLength, images, tokens, _lengths, _samples, options.Frames, _frames);

    internal void Abandon()
    {
        images.Dispose();
        tokens.Dispose();
    }
}
