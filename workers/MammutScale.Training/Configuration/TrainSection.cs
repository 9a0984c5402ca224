using MammutScale.Training.Binding;

namespace MammutScale.Training.Configuration;

public sealed record TrainSection
{
    /// <summary>Samples of one optimizer step over all workers.</summary>
    [AtLeast(1), Mandatory("give the number of samples of one optimizer step, e.g. global_batch: 128")]
    public int GlobalBatch { get; init; } = 128;

    /// <summary>Samples that a worker holds activations of at one time; 0 takes its whole part of the batch.</summary>
    [AtLeast(0)] public int MicroBatch { get; init; }

    [AtLeast(1)] public long? Steps { get; init; }

    [MoreThan(0)] public double? Epochs { get; init; }

    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>Recompute each block's activations in the backward pass instead of keeping them.</summary>
    public bool GradCheckpoint { get; init; }

    /// <summary>1 shards the optimizer's state over the workers (ZeRO-1), 0 keeps all of it on each.</summary>
    [Between(0, 1)] public int Zero { get; init; }

    /// <summary>How many workers hold each shard with zero: 1. With 2 a lost worker costs nothing; with 1 the memory is the least, and the run then goes back to a checkpoint.</summary>
    [Between(1, 2)] public int ZeroCopies { get; init; } = 2;

    /// <summary>auto: cached accumulation when a worker's part of the batch is larger than a micro-batch; cached: always; off: never, micro_batch is then ignored.</summary>
    public Accumulation Accumulate { get; init; } = Accumulation.Auto;

    /// <summary>Gradients are reduced in buckets of about this size while the backward pass goes on.</summary>
    [MoreThan(0)] public double BucketMb { get; init; } = 25;

    /// <summary>CPU threads of a worker's tensor operations; 0 shares the machine's cores among the workers that run on it.</summary>
    [AtLeast(0)] public int Threads { get; init; }
}

public enum Precision
{
    Fp32,
    Bf16,
}

public enum Accumulation
{
    Auto,
    Cached,
    Off,
}
