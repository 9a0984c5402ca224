using System.Buffers;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>
/// One rank's part of global batch <see cref="Step"/>: the samples of its lanes, in lane order. The buffers belong to the
/// batch and go back to their pool when it is disposed.
/// </summary>
public sealed class Batch : IDisposable
{
    private readonly IMemoryOwner<float> _images;
    private readonly IMemoryOwner<long> _tokens;

    /// <param name="step">The step it is for.</param>
    /// <param name="count">B.</param>
    /// <param name="imageSize">S.</param>
    /// <param name="contextLength">L.</param>
    /// <param name="images">[B, T, 3, S, S].</param>
    /// <param name="tokens">[B, L].</param>
    /// <param name="lengths">Tokens of each sample.</param>
    /// <param name="samples">Where each came from.</param>
    /// <param name="frames">T.</param>
    /// <param name="frameCounts">Frames of each sample, 1 … T; null = T of each.</param>
    public Batch(long step, int count, int imageSize, int contextLength, IMemoryOwner<float> images, IMemoryOwner<long> tokens, int[] lengths, SampleId[] samples, int frames = 1, int[]? frameCounts = null)
    {
        (Step, Count, ImageSize, ContextLength, Frames) = (step, count, imageSize, contextLength, frames);
        (_images, _tokens, Lengths, Samples) = (images, tokens, lengths, samples);
        FrameCounts = frameCounts ?? [.. Enumerable.Repeat(frames, count)];
    }

    /// <summary>The optimizer step that this batch is for, from 0.</summary>
    public long Step { get; }

    /// <summary>Number of samples B.</summary>
    public int Count { get; }

    public int ImageSize { get; }

    /// <summary>Frames T that every sample has room for: 1 in a batch of pictures.</summary>
    public int Frames { get; }

    /// <summary>Frames of each sample, [B]: 1 of a picture, also among clips.</summary>
    public int[] FrameCounts { get; }

    /// <summary>Width L of <see cref="Tokens"/>.</summary>
    public int ContextLength { get; }

    /// <summary>Normalised pictures, [B, 3, H, W] float32, contiguous; of clips [B, T, 3, H, W], where what lies behind a sample's own frames means nothing.</summary>
    public Memory<float> Images => _images.Memory[..(Count * Frames * 3 * ImageSize * ImageSize)];

    /// <summary>A sample's own frames, [FrameCounts[index], 3, H, W].</summary>
    public Span<float> Media(int index)
    {
        int floats = 3 * ImageSize * ImageSize;
        return _images.Memory.Span.Slice(index * Frames * floats, FrameCounts[index] * floats);
    }

    /// <summary>Token ids, [B, L]: bos, words, eos, then pad.</summary>
    public Memory<long> Tokens => _tokens.Memory[..(Count * ContextLength)];

    /// <summary>Tokens that are not padding, bos and eos included, [B].</summary>
    public int[] Lengths { get; }

    /// <summary>Where every sample came from, [B].</summary>
    public SampleId[] Samples { get; }

    public void Dispose()
    {
        _images.Dispose();
        _tokens.Dispose();
    }
}

/// <summary>The batches of one rank in order. <see cref="Next"/> blocks until one is ready, off the thread that decodes.</summary>
public interface IBatchStream : IDisposable
{
    /// <exception cref="OperationCanceledException">The stream was stopped.</exception>
    Batch Next(CancellationToken cancellation);
}
