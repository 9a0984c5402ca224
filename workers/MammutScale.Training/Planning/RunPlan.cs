using MammutScale.Model;
using MammutScale.Model.Sizing;
using MammutScale.Training.Configuration;

namespace MammutScale.Training.Planning;

/// <summary>What a plan is made for, beside the run file.</summary>
public sealed record PlanOptions
{
    public required Gpu Gpu { get; init; }

    /// <summary>GPUs, one worker on each.</summary>
    public required int Gpus { get; init; }

    /// <summary>GPUs of one machine.</summary>
    public int GpusPerNode { get; init; } = 8;

    /// <summary>Bytes/s in one direction from a machine to the others, for each of its GPUs: an assumption (a 400 Gbit/s card a GPU).</summary>
    public double Network { get; init; } = 50e9;

    /// <summary>Share of the peak that the matrix products reach over a step: an assumption.</summary>
    public double Utilization { get; init; } = 0.4;

    /// <summary>Samples of an epoch; needed when the run is told in epochs.</summary>
    public long? EpochSamples { get; init; }
}

/// <summary>What a run will need. Memory and bytes are counted; times follow from the assumed utilization and the maker's figures.</summary>
public sealed record RunPlan
{
    public required string Gpu { get; init; }

    public required int Gpus { get; init; }

    public required long Parameters { get; init; }

    /// <summary>Frames that every sample counts with: 1 in a run of pictures, data.video.frames with video tubes.</summary>
    public required int Frames { get; init; }

    /// <summary>Bytes on the GPU that has most to hold.</summary>
    public required MemoryPlan Memory { get; init; }

    public required double GpuMemory { get; init; }

    public bool Fits => Memory.Total <= GpuMemory;

    /// <summary>Largest micro-batch that fits; 0 when not even one sample does.</summary>
    public required int LargestMicroBatch { get; init; }

    /// <summary>FLOP of a step over all GPUs, the second pass of cached accumulation and recomputing included.</summary>
    public required double StepFlops { get; init; }

    public required double ComputeSeconds { get; init; }

    /// <summary>Bytes that a GPU sends in a step.</summary>
    public required double CommunicationBytes { get; init; }

    public required double CommunicationSeconds { get; init; }

    /// <summary>The part of it that the backward pass cannot hide.</summary>
    public required double ExposedSeconds { get; init; }

    public required double OptimizerSeconds { get; init; }

    public double StepSeconds => ComputeSeconds + ExposedSeconds + OptimizerSeconds;

    public required double SamplesPerSecond { get; init; }

    /// <summary>Null when it depends on how many samples an epoch has, and nobody told.</summary>
    public required long? Steps { get; init; }

    public double? Days => Steps * StepSeconds / 86_400;

    public required double CheckpointBytes { get; init; }

    /// <summary>All checkpoints that are kept at the end, and the one being written.</summary>
    public required double? StorageBytes { get; init; }

    /// <param name="file">The run.</param>
    /// <param name="options">The machines.</param>
    /// <param name="vocabulary">Entries of the tokenizer, where it is known.</param>
    /// <exception cref="Binding.RunSpecException">The model cannot be built as asked.</exception>
    public static RunPlan Of(RunFile file, PlanOptions options, int? vocabulary = null)
    {
        var config = ModelShape.Resolve(file, vocabulary);
        var world = options.Gpus;
        var (local, micro) = MemoryCount.Split(file.Train, world);
        var (video, frames) = MemoryCount.Clips(file, config);
        var flops = Flops(FlopCount.Of(config, video: video, frames: frames), file.Train, micro < local);
        var peak = file.Train.Precision == Precision.Bf16 ? options.Gpu.Bf16 : options.Gpu.Fp32;
        // the largest part decides when parts are uneven
        var compute = flops * local / (peak * options.Utilization);
        double flat = MemoryCount.Layout(file, config).Length;
        var sent = Sent(file.Train, flat, world) + Exchanged(file, config, world);
        var communication = sent / (world > options.GpusPerNode ? Math.Min(options.Network, options.Gpu.Link) : options.Gpu.Link);
        // weights travel after the update, so only gradients can hide behind the backward pass: two thirds of a step
        var hidden = Math.Min(compute * 2 / 3, communication * Gradients(file.Train, flat, world) / Math.Max(1, sent));
        var optimizer = UpdateBytes(file, flat, world) / options.Gpu.Bandwidth;
        var plan = new RunPlan
        {
            Gpu = options.Gpu.Name,
            Gpus = world,
            Parameters = ParameterCount.Of(config, video).Total,
            Frames = frames,
            Memory = MemoryCount.Of(file, config, world),
            GpuMemory = options.Gpu.Memory,
            LargestMicroBatch = Largest(file, config, world, options.Gpu.Memory),
            StepFlops = flops * file.Train.GlobalBatch,
            ComputeSeconds = compute,
            CommunicationBytes = sent,
            CommunicationSeconds = communication,
            ExposedSeconds = communication - hidden,
            OptimizerSeconds = optimizer,
            SamplesPerSecond = 0,
            Steps = file.Train.Steps ?? (options.EpochSamples is { } samples ? file.TotalSteps(samples) : null),
            CheckpointBytes = flat * sizeof(float) * (file.Optim.Ema > 0 ? 4 : 3),
            StorageBytes = null,
        };
        return plan with
        {
            SamplesPerSecond = file.Train.GlobalBatch / plan.StepSeconds,
            StorageBytes = plan.Steps is { } steps ? plan.CheckpointBytes * Checkpoints(file.Checkpoint, steps) : null,
        };
    }

    /// <summary>FLOP for one sample of a step.</summary>
    private static double Flops(FlopCount count, TrainSection train, bool cached) =>
        // cached accumulation embeds every micro-batch once more, without the captioning pass
        count.Step(train.GradCheckpoint) + (cached ? count.Image + count.ContrastiveText : 0);

    /// <summary>Bytes of gradients that a GPU sends: a ring passes (W − 1)/W of the buffer for each half of an all-reduce.</summary>
    private static double Gradients(TrainSection train, double flat, int world) =>
        flat * sizeof(float) * (world - 1) / world * (train is { Zero: > 0, ZeroCopies: 1 } ? 1 : 2);

    private static double Sent(TrainSection train, double flat, int world) =>
        Gradients(train, flat, world) + (train.Zero > 0 ? flat * sizeof(float) * (world - 1) / world : 0);

    /// <summary>Bytes of embeddings: gathered in the forward pass, their gradients scattered back.</summary>
    private static double Exchanged(RunFile file, MammutConfig config, int world) =>
        file.Loss.ContrastiveWeight == 0 ? 0 : 2 * 2.0 * file.Train.GlobalBatch * config.EmbedDim * sizeof(float) * (world - 1) / world;

    /// <summary>Bytes that clearing, norm and update read and write as torch operations: 28 passes over a buffer, the running mean 3 more.</summary>
    private static double UpdateBytes(RunFile file, double flat, int world)
    {
        var part = file.Train.Zero > 0 ? Math.Min(1.0, (double)file.Train.ZeroCopies / world) : 1;
        return flat * sizeof(float) * part * (28 + (file.Optim.Ema > 0 ? 3 : 0));
    }

    private static double Checkpoints(CheckpointSection rules, long steps)
    {
        var made = rules.EverySteps > 0 ? (steps + rules.EverySteps - 1) / rules.EverySteps : 1;
        var forever = rules.KeepEvery > 0 ? steps / rules.KeepEvery : 0;
        return Math.Min(made, rules.KeepLast + forever) + 1;
    }

    private static int Largest(RunFile file, MammutConfig config, int world, double memory)
    {
        double Total(int micro) => MemoryCount.Of(file with { Train = file.Train with { MicroBatch = micro, Accumulate = Accumulation.Auto } }, config, world).Total;
        var (low, high) = (0, MemoryCount.Split(file.Train, world).Local);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Total(middle) <= memory) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
