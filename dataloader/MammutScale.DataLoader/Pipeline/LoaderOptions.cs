using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Text;
using MammutScale.DataLoader.Video;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>How rows become batches. Nothing here changes which rows a batch holds.</summary>
public sealed record LoaderOptions
{
    public required PictureOptions Picture { get; init; }

    /// <summary>Which frames of a clip; null for a loader of pictures. With it every clip has T frames, a picture one.</summary>
    public ClipOptions? Clip { get; init; }

    public required ITextTokenizer Tokenizer { get; init; }

    /// <summary>Width L of the token matrix.</summary>
    public required int ContextLength { get; init; }

    public CaptionOptions Captions { get; init; } = new();

    /// <summary>Decoding threads; 0 for one a core.</summary>
    public int DecodeThreads { get; init; }

    /// <summary>Batches that are being made or lie ready.</summary>
    public int Prefetch { get; init; } = 3;

    /// <summary>Encoded bytes that may be read ahead of what the batches in the making need.</summary>
    public long ReadAheadBytes { get; init; } = 256L << 20;

    /// <summary>Steps that reading goes ahead at most, while <see cref="ReadAheadBytes"/> has room.</summary>
    public int ReadAheadSteps { get; init; } = 64;

    /// <summary>Row groups fetched at the same time: hides the latency of remote stores.</summary>
    public int ReadsInFlight { get; init; } = 4;

    /// <summary>The share of bad rows above which the stream stops.</summary>
    public double MaxBadShare { get; init; } = 0.05;

    /// <summary>Rows to see before the share of bad ones means anything.</summary>
    public int BadShareAfter { get; init; } = 256;

    /// <summary>JSON lines of bad rows are appended here; null for none.</summary>
    public string? QuarantinePath { get; init; }

    /// <summary>The step before which the stream ends; null for an endless one.</summary>
    public long? EndStep { get; init; }

    /// <summary>Frames T that a sample has room for.</summary>
    internal int Frames => Clip?.Frames ?? 1;

    internal int FramesOf(bool isClip) => isClip ? Frames : 1;

    /// <summary>T × 3 × S × S.</summary>
    internal int FloatsPerSample => Frames * Picture.FloatsPerPicture;

    internal int Threads => DecodeThreads > 0 ? DecodeThreads : Environment.ProcessorCount;

    /// <exception cref="ArgumentOutOfRangeException">A value that cannot work.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 3);
        ArgumentOutOfRangeException.ThrowIfLessThan(Prefetch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadsInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxBadShare);
        Captions.Check();
        Clip?.Check();
    }

    /// <summary>Floats of the pictures or clips of a batch.</summary>
    /// <exception cref="DataFormatException">More than an array holds.</exception>
    internal int FloatsFor(int samples)
    {
        long floats = (long)samples * Frames * Picture.FloatsPerPicture;
        return floats <= Array.MaxLength
            ? (int)floats
            : throw new DataFormatException($"{samples} samples of {Frames} frames of {Picture.Size} x {Picture.Size} pixels are {floats * sizeof(float) / 1e9:F0} GB a batch, more than one can hold: use fewer frames, or more workers for the global batch");
    }
}
