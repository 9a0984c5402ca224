using MammutScale.Model;
using MammutScale.Model.Sizing;
using MammutScale.Model.Tubes;
using MammutScale.Training.Configuration;
using MammutScale.Training.Parameters;
using MammutScale.Training.Replicas;

namespace MammutScale.Training.Planning;

/// <summary>Bytes that a rank needs on its device, by what they are for.</summary>
public sealed record MemoryPlan
{
    /// <summary>float32 weights, and with bf16 the copy that is computed with.</summary>
    public required double Weights { get; init; }

    /// <summary>float32 gradients, and with bf16 those that the backward pass leaves.</summary>
    public required double Gradients { get; init; }

    /// <summary>Both moments of this rank's shard, and the running mean of the weights.</summary>
    public required double Optimizer { get; init; }

    /// <summary>What the forward pass of a micro-batch keeps, with the largest block that is computed again.</summary>
    public required double Activations { get; init; }

    /// <summary>Pictures or clips, and texts, of a micro-batch.</summary>
    public required double Inputs { get; init; }

    /// <summary>Embeddings of the global batch with their gradients, and one tile of their products.</summary>
    public required double Contrast { get; init; }

    /// <summary>What the update makes in between.</summary>
    public required double Update { get; init; }

    /// <summary>CUDA's context, libraries' work space, NCCL's buffers, and what the allocator cannot use: an assumption.</summary>
    public required double Reserve { get; init; }

    /// <summary>The update runs when the activations are gone.</summary>
    public double Total => Weights + Gradients + Optimizer + Math.Max(Activations + Inputs + Contrast, Update) + Reserve;

    /// <summary>Samples that a rank holds activations of at one time.</summary>
    public required int MicroBatch { get; init; }
}

/// <summary>Counts a rank's memory from the run file alone. With video tubes every sample counts as a clip: how many are is for the data to say.</summary>
internal static class MemoryCount
{
    private const double Context = 1.0e9;
    private const double Fragmentation = 0.05;
    private const double Tile = 1 << 24;
    private const int Single = sizeof(float);

    public static MemoryPlan Of(RunFile file, MammutConfig config, int world)
    {
        var layout = Layout(file, config);
        var (video, frames) = Clips(file, config);
        var mixed = file.Train.Precision == Precision.Bf16;
        var size = mixed ? 2 : Single;
        double flat = layout.Length;
        var shard = Enumerable.Range(0, world).Max(rank => file.Train.Zero > 0 ? new ShardMap(layout, rank, world, file.Train.ZeroCopies).Length : layout.Length);
        var (local, micro) = Split(file.Train, world);
        var marked = world > 1;
        double pixels = 3.0 * config.Vision.ImageSize * config.Vision.ImageSize * frames;
        var activations = ActivationCount.Of(config, size, marked: marked, video: video, frames: frames).Bytes(micro);
        var plan = new MemoryPlan
        {
            Weights = flat * (Single + (mixed ? size : 0)),
            Gradients = flat * (Single + (mixed ? size : 0)),
            Optimizer = (double)shard * Single * (file.Optim.Ema > 0 ? 3 : 2),
            Activations = activations,
            Inputs = micro * ((pixels * (Single + (mixed ? size : 0))) + (config.Text.ContextLength * 2.0 * sizeof(long))),
            Contrast = file.Loss.ContrastiveWeight == 0 ? 0
                : (2.0 * config.EmbedDim * Single * ((2.0 * file.Train.GlobalBatch) + (4.0 * local))) + (4 * Single * Math.Min(Tile, (double)local * file.Train.GlobalBatch)),
            Update = Math.Min(Tile, flat) * 3 * Single,
            Reserve = 0,
            MicroBatch = micro,
        };
        return plan with { Reserve = Context + (Fragmentation * plan.Total) };
    }

    /// <summary>The largest part of a global batch that a rank has, and how much of it is in memory at one time.</summary>
    public static (int Local, int Micro) Split(TrainSection train, int world)
    {
        var local = (train.GlobalBatch + world - 1) / world;
        return (local, train is { Accumulate: Accumulation.Off } or { MicroBatch: 0 } ? local : Math.Min(local, train.MicroBatch));
    }

    /// <summary>Tubes and frames of a sample; none and one in a run of pictures.</summary>
    public static (VideoConfig? Video, int Frames) Clips(RunFile file, MammutConfig config) =>
        VideoShape.Resolve(file, config) is { } video ? (video, file.Data.Video.Frames) : (null, 1);

    internal static FlatLayout Layout(RunFile file, MammutConfig config)
    {
        var stages = new BackwardStages(config);
        return FlatLayout.Build(
            ParameterShapes.Of(config).Concat(Clips(file, config).Video is { } video ? ParameterShapes.Of(video, config.Vision) : []).Select(p => new ParameterSpec(p.Name, p.Shape, Replica.Decays(p.Name, p.Shape.Length), stages.OfParameter(p.Name))),
            Replica.BucketElements(file.Train));
    }
}
